"""What the tags of a field mean: why it travels, how sensitive it is and how long it is kept.

Retention classes are named here and given their years by each local authority's own schedule.
"""

from __future__ import annotations

PURPOSES = {
    "audit": "proves that what was concluded follows from what was known",
    "clock": "starts, moves, meets or ends the clock of a duty",
    "completeness": "says how far a source's silence may be believed",
    "evidence": "is shown to the person who reads the alert or the timeline",
    "identity": "joins the records of one child, or keeps two children apart",
    "operation": "runs the platform",
    "order": "decides which version of a record stands",
    "provenance": "says who said so, and when",
    "reference": "says which episode it belongs to",
    "routing": "brings the message to the local authority's partition",
}

SENSITIVITIES = {
    "none": "about no person",
    "personal": "about a child, and telling little by itself",
    "identifying": "tells who the child is",
    "safeguarding": "shows that a child is or may be at risk, or in care",
    "special-category": "about health or special educational needs",
}

RETENTIONS = {
    "as-record": "as long as the payload of the same message",
    "alert-record": "with the child's record that the alert is about",
    "audit-record": "with the journeys, as long as anything concluded from them is",
    "child-in-need-record": "local schedule for children in need",
    "child-protection-record": "local schedule for child protection",
    "dead-letter": "30 days, then it expires with its topic",
    "education-record": "local schedule for pupils' records",
    "health-record": "local schedule for children's health records",
    "identity-record": "as long as any record that it joins",
    "joint-record": "the longest of the agencies' schedules that took part",
    "looked-after-record": "to the 75th anniversary of birth, as the 2010 Regulations say",
    "operational": "no longer than the topic that carries it",
    "reference-data": "as long as a conclusion rests on it",
    "send-record": "local schedule for special educational needs records",
}

#: What a text field may hold, by its ``content`` attribute.
CONTENTS = {
    "code": "a code without spaces",
    "contact": "an email address or telephone number at work, of somebody who works with a child",
    "id": "a short code of an organisation or system",
    "local-authority": "a three-digit local authority code",
    "name": "the name or number of a place, body or role",
    "person-name": "a name of a child, only ever compared in memory",
    "postcode": "a postcode of a child's home, only ever compared in memory",
    "record-token": "the keyed hash by which the platform names a record",
    "reference": "the source's own key of a record",
    "token": "a keyed hash that the platform made",
    "uuid": "a UUID",
    "words": "free text of one line; never in a health event",
}

ONLY_COMPARED = frozenset({"person-name", "postcode"})
"""Contents that are opened to be compared, and otherwise kept by nothing but the sealed message."""
