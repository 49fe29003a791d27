"""Addresses of the review: for people who were there, and what organisers do with their replies."""

from django.urls import path

from feedback.views import replies, review

public = [
    path("my/<str:token>/review/", review.my_review, name="my_review"),
    path("my/<str:token>/review/<int:number>/", review.my_review_finding, name="my_review_finding"),
    path("my/<str:token>/review/end/", review.my_review_end, name="my_review_end"),
    path("my/<str:token>/review/other/", review.my_review_other, name="my_review_other"),
    path("my/<str:token>/review/evening/", review.my_review_feedback, name="my_review_feedback"),
    path("w/<slug:slug>/review/", review.review_code, name="review_code"),
]

organisers = [
    path("w/<uuid:workshop_id>/replies/", replies.org_replies, name="org_replies"),
    path("w/<uuid:workshop_id>/replies/ask/", replies.org_ask, name="org_ask"),
    path("w/<uuid:workshop_id>/replies/codes.pdf", replies.org_review_codes, name="org_review_codes"),
    path("w/<uuid:workshop_id>/replies/codes/renew/", replies.org_renew_codes, name="org_renew_codes"),
    path("w/<uuid:workshop_id>/replies/<uuid:reply_id>/", replies.org_answer_reply, name="org_answer_reply"),
]
