// SPDX-License-Identifier: AGPL-3.0-or-later
// English phrases.
#include "lexicon.h"

namespace dragoman::sample {
namespace {

using Text = std::string_view;

constexpr Text kOpening[] = {
    "With reference to your letter {docref}, this office reports that {clause}.",
    "This memo answers the questions put by {office} on {date}.",
    "Below is a summary of what reached us from {town} up to {date}.",
    "Please find attached the account given by {source} about {topic}; your view is requested.",
    "You asked what is known about {topic}. In short: {clause}.",
    "This note rests on the words of {source} and on what our staff saw in {town}.",
    "As instructed on {date}, we looked again at {topic} in {town}.",
    "For the information of those concerned, these are the events of {month} in {town}.",
};

constexpr Text kSentence[] = {
    "{lead} {clause}.",
    "{lead} {clause}; {tail}.",
    "It is reported that {clause}.",
    "It appears that {clause}, but {doubt}.",
    "{source} says that {clause}.",
    "On {date} we were told by {source} that {clause}; {tail}.",
    "{lead} {clause}, although {doubt}.",
    "{person} is quoted as saying that {clause}.",
    "The files of {office} show that {clause}.",
    "We note that {doubt}; even so, {clause}.",
    "By {date} it was clear that {clause}.",
    "{lead} {clause}. The same is said by {source}.",
    "Moreover, {clause}; {tail}.",
    "We also understand that {clause}.",
    "In the meantime {clause}, but {doubt}.",
    "{person} told us that {clause}; {tail}.",
    "Among the staff of {office} it is believed that {clause}.",
    "It matters that {clause}.",
    "{source} insists that {clause}, although {doubt}.",
    "At the meeting held in {town} on {date} it was said that {clause}.",
};

constexpr Text kClosing[] = {
    "Please pass this matter to {office} for action.",
    "This report is for the addressee alone and is not to be shared with {office}.",
    "We propose that {source} stay in contact and report once a week.",
    "A copy of this report is kept in the archive under number {number}.",
    "A final answer will follow before {date}.",
    "Grateful for your early comments.",
    "The enclosures, {count} sheets in all, travel with this memo.",
};

constexpr Text kLead[] = {
    "According to reports from {town},",
    "In the words of {source},",
    "As {office} has stated,",
    "Following the meeting of {date},",
    "During the visit of {person} to {town},",
    "At {hour} on {date},",
    "In spite of earlier warnings,",
    "Contrary to report {docref},",
    "Since the beginning of {month},",
    "On good authority,",
    "It seems that",
    "Over the past two weeks,",
    "As reported earlier,",
    "After a short talk at {place},",
    "Without the knowledge of {office},",
    "In {year},",
    "Rumour has it that",
    "During an inspection of {place},",
    "At the request of {person},",
    "In the margins of the {town} conference,",
};

constexpr Text kClause[] = {
    "{person} met {person} at {place} to discuss {topic}",
    "a confidential letter about {topic} reached {person}",
    "the {role}, {person}, carried a message from {office} to {person}",
    "a convoy with {count} tonnes of {thing} crossed the border near {town}",
    "{office} asked for a second review of {topic}",
    "{person} was relieved as {role} and replaced by {person}",
    "the talks about {topic} lasted nearly {count} hours",
    "the road from {town} to {town} stays closed for {count} days",
    "the next meeting takes place in {town} with delegates of {office}",
    "{person} declined to comment on {topic}",
    "staff of {office} have been posted at {place} since {date}",
    "new {thing} were bought on behalf of {office}",
    "the cost of {topic} was put at about {count} thousand dinars",
    "{person} travelled to {town} twice in {month}",
    "the new list of names was handed to {office}",
    "the {role} of {office} turned down the Kelmorian offer on {topic}",
    "inspectors at {place} found {count} boxes of {thing}",
    "{person} and his brother {person} registered a trading firm in {town}",
    "the file on {person}, number {number}, was sent to {office}",
    "our contact in {town} would like to meet every month",
    "{office} and {office} have fallen out over {topic}",
    "the passport of {person} was cancelled in {town} and he cannot leave the country",
    "the joint commission will take up {topic} in {month}",
    "{person} suggested sending the {thing} by way of {town}",
    "officers of {office} saw no sign of the {thing}",
    "the white car used by {person} was seen more than once near {place}",
    "the agreement of {date} on {topic} has not been carried out",
    "the new {role} took over the books and papers of the department",
    "the largest store of {thing} lies on the outskirts of {town}",
    "the people of {town} are unhappy about {topic} and have complained",
    "{person} has not given his new telephone number to {source}",
    "the meeting of the three sides was put off until {date} for the sake of {person}",
    "a freighter unloaded {count} tonnes of {thing} in the port of {town}",
    "somebody close to {person} gave the story of {topic} to the newspapers",
    "{office} is trying to keep {topic} out of sight",
    "the answer of {office} to our proposal is seen as favourable",
};

constexpr Text kTail[] = {
    "this has not been confirmed",
    "details will follow",
    "two separate sources say so",
    "{office} has not reacted so far",
    "{person} has been asked for his opinion",
    "photographs are attached",
    "{person} may know of it as well",
    "the matter is being watched",
    "a fuller report is due on {date}",
    "the source would not name anyone else",
};

constexpr Text kDoubt[] = {
    "another source denies it",   "no reliable document is at hand", "{person} calls the statement wrong",
    "the exact date is unknown",  "his word cannot be trusted",      "the reports of {office} do not agree with it",
    "his motive remains unclear", "it may be too early to judge",
};

constexpr Text kTopic[] = {
    "the border line",
    "the share of river water",
    "the release of detainees",
    "the reopening of customs",
    "the railway works",
    "the movement of troops",
    "the wheat contract",
    "the council elections",
    "the relief supplies",
    "the power company's debts",
    "the foreign advisers",
    "the refugees in the eastern district",
    "the cipher traffic",
    "the repair of the old bridge",
    "the miners' wages",
    "the joint exercise",
    "the safety of border posts",
    "the latest appointments",
    "next year's budget",
    "the exchange of notes",
};

constexpr Text kThing[] = {
    "radio sets",   "medicines",   "cement bags", "technical maps",    "spare parts",
    "relief tents", "fuel drums",  "cameras",     "printing supplies", "generators",
    "steel pipes",  "mail crates", "seed sacks",  "field telephones",  "flour bags",
};

constexpr Text kPlace[] = {
    "the River Hotel",
    "the {town} border post",
    "the trade office in {town}",
    "the consulate garden",
    "the town hall of {town}",
    "post number {number}",
    "the safe house in Pine Street",
    "{town} airport",
    "the university library of {town}",
    "the central depot of {town}",
    "the station restaurant",
    "an abandoned school in {town}",
};

constexpr Text kRole[] = {
    "colonel",        "deputy director",  "chargé d'affaires", "first secretary", "inspector",
    "head of office", "military attaché", "director general",  "special envoy",   "adviser",
};

constexpr Text kSource[] = {
    "source CYPRESS",          "source RAIN",
    "source MOUNTAIN",         "a customs clerk",
    "our contact in {town}",   "the driver of {person}",
    "a colleague of {person}", "a former clerk of {office}",
};

constexpr Text kSubject[] = {
    "Meeting in {town}",           "About {topic}",          "Follow-up on {topic}",      "State of {topic} in {town}",
    "Visit of {person} to {town}", "Statements by {person}", "Request to review {topic}", "Monthly report from {town}",
};

constexpr Text kMarking[] = {"Confidential", "Secret", "Restricted", "Unclassified",
                             "Confidential - not to be shared with {office}"};

constexpr Slot kSlots[] = {
    {"opening", kOpening}, {"sentence", kSentence}, {"closing", kClosing}, {"lead", kLead},       {"clause", kClause},
    {"tail", kTail},       {"doubt", kDoubt},       {"topic", kTopic},     {"thing", kThing},     {"place", kPlace},
    {"role", kRole},       {"source", kSource},     {"subject", kSubject}, {"marking", kMarking},
};

}  // namespace

constinit const Lexicon kLexiconEn{
    .slots = kSlots,
    .from = "From",
    .to = "To",
    .number = "Number",
    .date = "Date",
    .subject = "Subject",
    .marking = "Marking",
    .fiction = "Fiction: sample document of dragoman; persons, offices and places are invented.",
    .page_of = "Page {} of {}",
};

}  // namespace dragoman::sample
