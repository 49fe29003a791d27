"""Addresses of the organisers' pages about people: lists, tables, the door, sheets to print."""

from django.urls import path

from participants.views import desk, people, tables

WORKSHOP = "w/<uuid:workshop_id>"
PERSON, TABLE = f"{WORKSHOP}/people/<uuid:registration_id>", f"{WORKSHOP}/tables/<uuid:group_id>"

urlpatterns = [
    path(f"{WORKSHOP}/people/", people.people, name="org_people"),
    path(f"{WORKSHOP}/people/add/", people.add_person, name="org_add_person"),
    path(f"{PERSON}/", people.person, name="org_person"),
    path(f"{PERSON}/link/", people.send_link, name="org_send_link"),
    path(f"{PERSON}/give-up/", people.give_up, name="org_give_up"),
    path(f"{WORKSHOP}/tables/", tables.tables, name="org_tables"),
    path(f"{WORKSHOP}/tables/seat/", tables.seat, name="org_seat"),
    path(f"{WORKSHOP}/tables/keep/", tables.keep, name="org_keep_seat"),
    path(f"{WORKSHOP}/tables/mix/", tables.mix, name="org_mix"),
    path(f"{WORKSHOP}/tables/mix/undo/", tables.undo_mix, name="org_mix_undo"),
    path(f"{WORKSHOP}/tables/start/", tables.start_tables, name="org_start_tables"),
    path(f"{WORKSHOP}/tables/add/", tables.add_table, name="org_add_table"),
    path(f"{WORKSHOP}/tables/codes/", tables.give_codes, name="org_table_codes"),
    path(f"{WORKSHOP}/tables/rules/", tables.add_rule, name="org_add_rule"),
    path(f"{WORKSHOP}/tables/rules/<int:rule_id>/remove/", tables.remove_rule, name="org_remove_rule"),
    path(f"{TABLE}/", tables.change_table, name="org_change_table"),
    path(f"{TABLE}/remove/", tables.remove_table, name="org_remove_table"),
    path(f"{WORKSHOP}/desk/", desk.desk, name="org_desk"),
    path(f"{WORKSHOP}/desk/here/", desk.here, name="org_desk_here"),
    path(f"{WORKSHOP}/desk/find/", desk.find, name="org_desk_find"),
    path(f"{WORKSHOP}/desk/walk-in/", desk.walk_in, name="org_desk_walk_in"),
    path(f"{WORKSHOP}/print/table-sheets/", tables.table_sheets, name="org_table_sheets"),
]
