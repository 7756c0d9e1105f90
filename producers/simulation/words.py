"""What simulated people say. Nothing of it is taken from a real report, and nobody is named."""

SAID = {
    "accident": (
        "Found on the floor beside the bed; the call bell was out of reach.",
        "Slipped in the bathroom while a nurse was with the next patient.",
        "Fell from a chair while reaching for a cup.",
    ),
    "medication": (
        "The evening dose was given twice because the chart had been rewritten.",
        "A medicine that was stopped on the round was given at noon.",
        "The pump was set to the rate of the bag before.",
    ),
    "treatment": (
        "The procedure had to be repeated because the first film was of the other side.",
        "A cannula was left in after transfer and the arm became inflamed.",
        "The dressing was changed a day late and the wound had opened.",
    ),
    "access": (
        "Waited four hours on a trolley before a bed was found.",
        "Transferred without notes, so that the allergy was not known.",
    ),
    "assessment": (
        "The result was on the system for two days before anybody acted on it.",
        "The early warning score was added up wrongly and no doctor was called.",
    ),
    "documentation": (
        "Labels of two patients were mixed up on one form.",
        "The consent form was missing at the time of the list.",
    ),
    "infrastructure": (
        "The lift stood still with a patient on the way to theatre.",
        "Two staff short on the night shift; observations were late.",
    ),
    "monitoring": (
        "A pressure ulcer was seen that had not been there on admission.",
        "Turning was not recorded for a whole shift.",
    ),
    "communication": (
        "The interpreter was not booked and the talk was put off.",
        "The family was told another ward than the right one.",
    ),
    "device": (
        "The monitor gave no alarm while a lead was off.",
        "The hoist stopped half way and was lowered by hand.",
    ),
    "infection": (
        "A side room was used again before it was cleaned.",
        "Isolation began a day after the result was known.",
    ),
}  # fmt: skip

FACTORS = (
    "staffing",
    "communication",
    "equipment",
    "training",
    "fatigue",
    "patient",
    "environment",
    "handover",
)

NEVER_EVENT = {
    "wrong site surgery": "The operation was begun on the wrong side before the mark was looked for.",
    "retained foreign object": "A swab was found that had been left in at the operation.",
    "wrong implant": "The implant that was put in was not the one that had been chosen.",
    "misplaced naso- or oro-gastric tube": "Feed went into the lung because the tube was not checked.",
    "maladministration of insulin": "Ten times the dose of insulin was drawn up in an ordinary syringe.",
    "severe scalding": "The bath was run too hot and the skin of both legs was scalded.",
}

NEAR_MISS = (
    "Stopped at the bedside by the second check before anything was given.",
    "The wrong notes were noticed before the list began.",
    "A loose rail was found and mended before anybody fell.",
)
GOOD_CARE = ("A healthcare assistant noticed a change early and called for help at once.",)
HAZARD = ("The floor by the sluice is wet each morning and there is no sign.",)

REPORTERS = (
    "staff nurse", "ward manager", "consultant", "healthcare assistant", "junior doctor", "pharmacist",
    "physiotherapist", "midwife", "student nurse",
)  # fmt: skip
DOCTORS = ("consultant", "specialist registrar", "clinical director")
SAFETY = ("patient safety lead", "clinical governance lead", "risk lead")

REASONS = {
    "raised": "More treatment was needed than was thought at first.",
    "first_grade": "The results are there, and the harm can be graded.",
    "lowered": "The second film shows no fracture; the swelling was a bruise.",
    "stood_down": "Looked at again after the review; the harm is low.",
    "never_notifiable": "The harm was there on admission and is in the notes of the ambulance.",
    "retracted": "It was entered for another patient of the same ward.",
    "tested": "It was a trial of the form, and nothing had happened.",
    "duplicate": "Two people reported the same incident.",
    "declined": "They asked us not to come again and were given a number to call.",
    "not_found": "Three attempts by three ways; no other address is known.",
    "rejected": "The review found that it does not meet the definition.",
    "restated": "The review found another type than the one that was reported.",
    "extended": "The commissioner agreed to more time for an outside opinion.",
    "delogged": "The investigation found no serious incident; the commissioner agreed.",
    "acted": "Done on the ward the same day, and looked at again by the safety team.",
    "not_open": "The family was not told within the time, and no reason was recorded.",
    "open": "What was known was told, and the record shows when and by whom.",
    "cannot_say": "The records do not show who spoke with the family.",
    "reduce": "The finding, and the months that passed before the family was told.",
    "none": "The family was told late, and the provider put it right of its own accord.",
    "contravention": "The duty to tell was not met, and no record explains why.",
    "fact": "The review found that a result had been seen and not acted on.",
    "claim_closed": "The claim was withdrawn.",
    "notifiable": "All three criteria are met in the reasonable opinion of the clinician.",
    "not_notifiable": "It was a known effect of the treatment, talked through before consent.",
}

EVIDENCE = (
    "the notes of the shift", "the drug chart", "the statement of the staff on duty", "the first film",
    "the opinion of a second consultant", "the report of the investigation",
)  # fmt: skip
