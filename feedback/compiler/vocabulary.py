"""Short word lists per language: words too common to mean anything, and words that turn a sentence round.

The lists are the project's own. They are short on purpose: a word that is missing costs a little weight,
a word too many hides what somebody said.
"""

STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Language code to the name of its Snowball stemmer; other languages keep their words whole."""

ELIDING = frozenset({"ca", "fr", "it"})
"""Languages where an apostrophe joins two words (l'acqua, l'école)."""

_STOP_WORDS = {
    "en": """
        a about after all also am an and any are as at be because been before being both but by can could
        did do does doing each even every few for from get gets got had has have having he her here hers him
        his how i if in into is it its just like lot make makes many may me might more most much must my
        need of on one only or other our ours out over own really same she should so some such than that the
        their theirs them themselves then there these they thing things think this those through to too
        under until up us very was way we were what when where which while who whom why will with would you
        your yours s t d ll m re ve
    """,
    "it": """
        a ad agli ai al alla alle allo anche ancora avere aveva c che chi ci ciò co col come con cosa così
        cui d da dagli dai dal dall dalla dalle dallo degli dei del dell della delle dello di dove e ecco ed
        era erano essere fa fare fatto fino fra fu già gli ha hai hanno ho i il in io l la le lei li lo loro
        lui m ma me mi mia mie mio miei molto ne negli nei nel nell nella nelle nello noi nostra nostre
        nostri nostro o ogni ognuno oppure per perché più poi poco può possiamo possono qua qual quale quali
        qualche quando quanto quasi quel quell quella quelle quelli quello questa queste questi questo qui
        quindi s sarebbe se sei si sia siamo siano siete solo sono sta stata state stati stato su sua sue
        sugli sui sul sull sulla sulle sullo suo suoi t ti tra troppo tu tua tuo tutta tutte tutti tutto un
        una uno v va vi viene voi è
    """,
    "de": """
        ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei
        dadurch dafür damit dann daran darauf das dass davon dazu dein deine dem den denn der des deshalb
        die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
        etwas euch euer für gibt haben hat hatte hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im
        immer in ins ist ja jede jedem jeden jeder jedes kann können man mehr mein meine mich mir mit muss
        müssen nach noch nun nur ob oder ohnehin schon sehr sein seine sich sie sind so soll sollen sollte
        sollten sondern sowie um und uns unser unsere unter viel viele vom von vor war waren was weil wenn
        wer werden wie wieder wir wird wo wurde wäre würde zu zum zur zwischen über
    """,
    "fr": """
        a afin ai aussi au autre autres aux avait avec avoir beaucoup bien c car ce cela ces cet cette ceux
        chaque chez comme d dans de des donc dont du elle elles en encore entre es est et eu eux fait faire
        fait faut il ils j je l la le les leur leurs lui m ma mais me mes moi mon même nos notre nous
        on ont ou où par parce peu peut peuvent plus pour pourquoi qu quand que quel quelle quelles
        quels qui quoi s sa se ses si soit son sont sous sur t ta te tes toi ton tous tout toute toutes
        tu un une vos votre vous y à ça été être était
    """,
    "es": """
        a al algo algunas algunos ante antes aquí así aunque cada casi como con cosa cosas cual cuando de
        del desde donde dos e el ella ellas ellos en entre era eran es esa esas ese eso esos esta estaba
        estado estamos estar estas este esto estos está están fue fueron ha haber había hace hacer hacia han
        hasta hay he hemos la las le les lo los me mi mis mucho muchos muy más nos nosotros nuestra nuestras
        nuestro nuestros o os otra otras otro otros para pero poco por porque puede pueden pues que quien
        quienes qué se sea sean ser si sido sobre solo son su sus sí también tan tanto te tener tiene
        tienen toda todas todo todos tu tus un una unas uno unos usted y ya yo él
    """,
}

_NEGATIONS = {
    "en": """
        not no never none nobody nothing nowhere neither nor without cannot dont doesnt didnt cant wont
        shouldnt wouldnt couldnt isnt arent wasnt
    """,
    "it": "non no mai né nessun nessuno nessuna niente nulla senza neanche nemmeno neppure",
    "de": "nicht nein nie niemals nichts niemand kein keine keinem keinen keiner keines ohne weder",
    "fr": "ne n non pas jamais rien personne aucun aucune sans ni",
    "es": "no nunca jamás nada nadie ningún ninguno ninguna sin ni tampoco",
}

STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
NEGATIONS = {language: frozenset(words.split()) for language, words in _NEGATIONS.items()}
