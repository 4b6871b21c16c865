/* The tables of seed.h, and the rules that make people and products from them. */
#include "examples/shop/seed.h"

#include <stdio.h>
#include <time.h>

#define COUNT(table) ((int64_t)(sizeof(table) / sizeof((table)[0])))

/* As it is written, and as it stands in an address. */
struct name {
    const char *written;
    const char *mail;
};

static const struct name first_names[] = {
    {"Ada", "ada"},         {"Bram", "bram"},     {"Chiara", "chiara"}, {"Daniel", "daniel"},
    {"Elif", "elif"},       {"Felix", "felix"},   {"Greta", "greta"},   {"Hugo", "hugo"},
    {"Inês", "ines"},       {"Jonas", "jonas"},   {"Katja", "katja"},   {"Leon", "leon"},
    {"Maeve", "maeve"},     {"Niamh", "niamh"},   {"Oskar", "oskar"},   {"Paula", "paula"},
    {"Quentin", "quentin"}, {"Rosa", "rosa"},     {"Søren", "soren"},   {"Tilda", "tilda"},
    {"Ulla", "ulla"},       {"Viktor", "viktor"}, {"Wanda", "wanda"},   {"Xavier", "xavier"},
    {"Yara", "yara"},       {"Zoë", "zoe"},       {"Amélie", "amelie"}, {"Bruno", "bruno"},
    {"Carmen", "carmen"},   {"Dario", "dario"},   {"Emil", "emil"},     {"Fiona", "fiona"},
    {"Gustav", "gustav"},   {"Helena", "helena"}, {"Ivo", "ivo"},       {"Johanna", "johanna"},
    {"Kasper", "kasper"},   {"Lucia", "lucia"},   {"Mateo", "mateo"},   {"Noor", "noor"},
};

static const struct name last_names[] = {
    {"Lindqvist", "lindqvist"},   {"de Vries", "devries"},    {"Rossi", "rossi"},
    {"Moreau", "moreau"},         {"Yılmaz", "yilmaz"},       {"Bergmann", "bergmann"},
    {"Novak", "novak"},           {"Byrne", "byrne"},         {"Carvalho", "carvalho"},
    {"Nyström", "nystrom"},       {"Horvat", "horvat"},       {"Keller", "keller"},
    {"O'Connor", "oconnor"},      {"Jansen", "jansen"},       {"Virtanen", "virtanen"},
    {"Iglesias", "iglesias"},     {"Lambert", "lambert"},     {"Conti", "conti"},
    {"Sørensen", "sorensen"},     {"Wagner", "wagner"},       {"Peeters", "peeters"},
    {"Kowalska", "kowalska"},     {"Ferreira", "ferreira"},   {"Dubois", "dubois"},
    {"Haddad", "haddad"},         {"Müller", "muller"},       {"Marino", "marino"},
    {"Petrov", "petrov"},         {"Gallagher", "gallagher"}, {"Schneider", "schneider"},
    {"Laine", "laine"},           {"Vidal", "vidal"},         {"Claes", "claes"},
    {"Andersson", "andersson"},   {"Bakker", "bakker"},       {"Costa", "costa"},
    {"Demir", "demir"},           {"Eriksen", "eriksen"},     {"Fischer", "fischer"},
    {"Greco", "greco"},           {"Hansen", "hansen"},       {"Ionescu", "ionescu"},
    {"Jovanović", "jovanovic"},   {"Kaya", "kaya"},           {"Leroy", "leroy"},
    {"Molina", "molina"},         {"Nagy", "nagy"},           {"Okafor", "okafor"},
    {"Pereira", "pereira"},       {"Quinn", "quinn"},         {"Ricci", "ricci"},
    {"Santos", "santos"},         {"Toth", "toth"},           {"Urban", "urban"},
    {"Vermeer", "vermeer"},       {"Weber", "weber"},         {"Almeida", "almeida"},
    {"Zimmermann", "zimmermann"}, {"Brandt", "brandt"},       {"Aalto", "aalto"},
};

static const char *const mail_hosts[] = {"example.com", "example.org", "example.net"};

static const char *const cities[] = {
    "Lisbon",  "Porto",  "Vienna", "Graz",    "Dublin", "Cork",    "Helsinki",
    "Tampere", "Ghent",  "Bruges", "Delft",   "Lyon",   "Nantes",  "Turin",
    "Bologna", "Bilbao", "Bremen", "Leipzig", "Malmö",  "Utrecht", "Valencia",
};

struct article {
    const char *name;
    const char *code;
    const char *category;
    int64_t cents;
};

static const struct article articles[] = {
    {"Enamel Mug", "MUG", "kitchen", 1250},      {"Cast Iron Pan", "PAN", "kitchen", 4990},
    {"Chef's Knife", "KNF", "kitchen", 7900},    {"Bread Board", "BRD", "kitchen", 2850},
    {"Linen Tea Towel", "TEA", "kitchen", 1010}, {"Pour-Over Kettle", "KET", "kitchen", 5495},
    {"Coffee Grinder", "GRD", "kitchen", 8900},  {"Salt Cellar", "SAL", "kitchen", 1680},
    {"Wool Blanket", "BLK", "home", 9800},       {"Feather Pillow", "PIL", "home", 3990},
    {"Duvet Cover", "DUV", "home", 7450},        {"Bath Towel", "TWL", "home", 1990},
    {"Desk Lamp", "LMP", "home", 6420},          {"Wall Clock", "CLK", "home", 3300},
    {"Oak Stool", "STL", "home", 8750},          {"Picture Frame", "FRM", "home", 1870},
    {"Door Mat", "MAT", "home", 2440},           {"Storage Basket", "BSK", "home", 2190},
    {"Canvas Backpack", "BAG", "travel", 7990},  {"Leather Wallet", "WAL", "travel", 4550},
    {"Umbrella", "UMB", "travel", 2900},         {"Water Bottle", "BTL", "travel", 2260},
    {"Luggage Tag", "TAG", "travel", 890},       {"Notebook", "NTB", "paper", 1190},
    {"Fountain Pen", "PEN", "paper", 3480},      {"Pencil Case", "CAS", "paper", 1420},
    {"Garden Trowel", "TRW", "garden", 1560},    {"Watering Can", "CAN", "garden", 3120},
    {"Plant Pot", "POT", "garden", 1730},        {"Garden Gloves", "GLV", "garden", 1340},
};

struct finish {
    const char *name;
    const char *code;
    int64_t cents; /* what it adds to the price */
};

static const struct finish finishes[] = {
    {"Forest Green", "FGR", 0},  {"Slate Grey", "SLG", 0}, {"Chalk White", "CWH", 0},
    {"Midnight Blue", "MBL", 0}, {"Brick Red", "BRR", 0},  {"Mustard", "MUS", 50},
    {"Sand", "SND", 0},          {"Charcoal", "CHA", 0},   {"Sage", "SAG", 50},
    {"Terracotta", "TER", 80},   {"Ivory", "IVO", 0},      {"Navy", "NAV", 0},
    {"Rust", "RUS", 50},         {"Olive", "OLI", 0},      {"Plum", "PLU", 80},
    {"Teal", "TEL", 0},          {"Copper", "COP", 450},   {"Graphite", "GRA", 120},
    {"Cream", "CRM", 0},         {"Rosewood", "ROS", 390},
};

_Static_assert(sizeof(articles) / sizeof(articles[0]) * (sizeof(finishes) / sizeof(finishes[0])) ==
                   SEED_PRODUCTS,
               "every article in every finish is one product");

/* Has no factor in common with the number of names, so it meets each of them once. */
#define NAME_STRIDE 1009

/* The first member joined on 2016-01-04. */
#define FIRST_MEMBER_SECONDS 1451865600
#define DAY_SECONDS          86400
#define MEMBER_DAYS          2900

/* The finaliser of splitmix64 (Steele, Lea, Flood, 2014): neighbours come out unrelated. */
static uint64_t seed_mix(uint64_t number)
{
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

int64_t seed_number(int64_t id, int64_t what, int64_t limit)
{
    uint64_t mixed = seed_mix((uint64_t)id * 64 + (uint64_t)what);

    return (int64_t)(mixed % (uint64_t)limit);
}

static const char *seed_tier(int64_t id)
{
    int64_t share = seed_number(id, 2, 100);

    if (share < 8)
        return "gold";
    return share < 30 ? "plus" : "standard";
}

void seed_person(int64_t id, struct seed_person *ret_person)
{
    int64_t place = (id - 1) * NAME_STRIDE % (COUNT(first_names) * COUNT(last_names));
    const struct name *first = &first_names[place % COUNT(first_names)];
    const struct name *last = &last_names[place / COUNT(first_names)];
    time_t joined = FIRST_MEMBER_SECONDS + seed_number(id, 3, MEMBER_DAYS) * DAY_SECONDS;
    struct tm day;

    snprintf(ret_person->name, sizeof(ret_person->name), "%s %s", first->written, last->written);
    snprintf(ret_person->email, sizeof(ret_person->email), "%s.%s@%s", first->mail, last->mail,
             mail_hosts[seed_number(id, 0, COUNT(mail_hosts))]);
    ret_person->city = cities[seed_number(id, 1, COUNT(cities))];
    ret_person->tier = seed_tier(id);
    strftime(ret_person->member_since, sizeof(ret_person->member_since), "%Y-%m-%d",
             gmtime_r(&joined, &day));
}

void seed_product(int64_t id, struct seed_product *ret_product)
{
    const struct article *article = &articles[(id - 1) % COUNT(articles)];
    const struct finish *finish = &finishes[(id - 1) / COUNT(articles) % COUNT(finishes)];

    snprintf(ret_product->name, sizeof(ret_product->name), "%s, %s", article->name, finish->name);
    snprintf(ret_product->sku, sizeof(ret_product->sku), "%s-%s", article->code, finish->code);
    ret_product->category = article->category;
    ret_product->cents = article->cents + finish->cents;
    /* One in ten is sold out. */
    ret_product->stock = seed_number(id, 4, 10) == 0 ? 0 : 1 + seed_number(id, 5, 240);
}
