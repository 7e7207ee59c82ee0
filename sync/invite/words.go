package invite

import (
	"crypto/sha256"
	"slices"
	"strings"

	"warroom/model"
)

// Words are the same four at both ends of one connection, and others where somebody
// sits between. They are made of what is of the connection alone and of the keys of
// both devices, in any order: 40 bits, which nobody can try out while two people
// speak.
func Words(on Exporter, a, b model.DeviceKey) (four [4]string) {
	if slices.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	h := sha256.New()
	h.Write([]byte("warroom words v1"))
	h.Write(on[:])
	h.Write(a[:])
	h.Write(b[:])
	sum := h.Sum(nil)
	bits := uint64(sum[0])<<32 | uint64(sum[1])<<24 | uint64(sum[2])<<16 | uint64(sum[3])<<8 | uint64(sum[4])
	for i := range four {
		four[i] = words[bits>>(30-10*i)&0x3ff]
	}
	return four
}

// words are 1,024 short words that are easy to say and to tell apart: no two begin with
// the same four letters. Their order is for ever.
var words = strings.Fields(`
abbey acid acorn actor adobe adult agate agent album alley aloe alpha amber angle ankle anvil apex
apple april apron arbor arena argue armor aroma aspen atlas atom attic audio aura axis axle azure
baby bacon badge bagel baker balm balsa banjo barge barn baron basin baton bayou beard beige belt
bench bento beret bingo birch bison blade blimp blind bluff boat body bongo book boots boxer braid
brass brave brick brook brush bugle bulb bunny bush busy cabin cable cadet cafe cake calf calm camel
canal canoe cape cargo cart carve cave cedar chair chalk chart chat chef chess chill chip cider city
civic claim clam clasp clay cleft clerk cliff cloak clock cloud clown club clue coach coast cobra
coil comb comet comic cone copy couch crab crane crew crisp cross crow crumb crust cube cup curb
curve daily dairy daisy dawn deck decoy deep delta denim dense depot derby desk dial diary digit
dime diner dirt dish ditch diver dock doll donut door dough dove dozen draft dream drift drill drop
dryer duck duet duke dune dusk dust duty eager eagle early earth easel east easy ebony echo edge
elbow elder elf elk empty entry epic essay ether exact exit extra fable face fade fairy fancy farce
fast favor fawn feast felt fence fern ferry fiber field fifty final finch fish fjord flag flair
flame flask flex flint float flock fluid flute foam focus fog foil folk font foot fork forum found
fox frame frank fresh frog frost fruit fudge fuel full fuse gable gain game gavel gem giant gift
glad glass glaze gleam globe gloss glove glue goal goat gold golf goose grape grill grin group grove
guard guide guild gulf gusto habit halo hand happy hardy harp hat hawk hazel head heavy hedge help
hem herb heron hike hill hinge hobby home honey hood hook hope host house hovel hub human humor hut
hyena hymn ice icon idea igloo image inch index ink inlet inner input intro iris iron item ivory ivy
jade jam jar jaunt jazz jeans jelly jetty jewel jog joke jolly joy judge juice july jumbo jump june
jury just kayak keen keep kelp kick kilo kind king kiosk kite kiwi knack knee knife koala label
labor lace lake lamb lamp lance lapel larch large laser lasso latch lathe lawn layer lazy ledge
lemon lens lift lilac lily lime limit linen link lion list live llama load local lodge logic long
loop lotus loyal lucky lunar lunch lunge lure lyric magic major mango many maple march marsh mask
mason mast match mayor meal media menu merit metro mild milk mill mimic mind mixer model mole money
month moon mop moral moss motel motor mound mouse mouth movie much mural music nail name near neat
neck neon nerve nest never news niece noble nod nomad noon north notch novel nurse nylon nymph oak
oasis oath oats ocean odd odor often oil olive onion onyx opal open opera orbit order organ otter
ounce outer oval oven owl oxide ozone page paint palm panel pansy paper park party pasta patch path
patio peach pearl penny perch phase phone photo piano pilot pinch pinto pipe pitch pivot pixel pizza
place plate play plaza plot plug plus poem poet polar polka pond pony pool porch port post potent
pouch powder prefix price pride print prism prize proof proud prune public puddle puffin pulley
pulse puma pump punch puppet pure purple purse push puzzle python quail quarry queen quest quick
quilt quince quiver quiz quota rabbit racer radar radio raft raisin rally ram ranch random range
rapids rare ratio raven razor reason recess recipe record reef reflex region relay remote repair
rescue resin result return reward rhythm ribbon rice rich riddle ridge rigid ripple rival river roam
roast robin robot rocket rodeo roller roof rope rotor round rover royal rubber ruby rudder rug ruler
rumor runner rural rust saddle safari safe sage salad salmon salt salute sample sand sash satin
saturn scale scan scarf scenic school scope score scout screen script scroll scrub seal search
season second secret sedan select senior serene serum shadow shape shark shawl sheep shelf shield
shift shine ship shirt shop short shovel shrimp shrub siesta signal silent silk silver simple since
singer siren sister size skate sketch skirt skunk sky slalom slate sled sleeve slice slide slim
slogan sloth small smart smile smooth snack snail snake snap snow snug soap soccer social socks soda
sofa soft soil solar solid solo song sonic sonnet sound soup source south space speed sphere spice
spider spiral splash spoke sponge spoon sport spot spray spring sprout spruce squash stable stage
stamp stand staple star stay steam step stew still stitch stock stone stork stove straw stream
string strong studio stump sturdy subtle such sudden sugar suit sulfur summer sunday sunset super
supper sure swamp swan swift swing switch syrup system table tackle tact tailor talent talk tame
tandem tango tank tape target task tassel taste tavern taxi teacup teapot teddy tempo tender tennis
tent test theme theory third thorn thread thumb tiara ticket tidy tiger tight tile timber tinsel
tiny titan title toast today toffee token toll tomato tone tongs tool topaz topic torch total toucan
tour towel toy trade trail tram travel tray treat tree trend trial trio trophy trout truck true
trunk trust truth tulip tulle tuna tundra tunic tunnel turban turnip turtle tutor tuxedo tweed
twelve twenty twig twin twist type typist ultra umpire uncle union unique unit upland upper upside
urban urge useful usher usual vacant vacuum valid valley value valve vapor vase vast vault vector
velvet vendor verb vessel vest video view vigor vine vinyl violet viper visa vital vivid vocal vogue
voice volume vote vowel voyage wafer wage wagon waiter walk wall walnut walrus waltz warden warm
wasp watch water wax wealth weasel weaver web west wheat wheel wicker wide widget willow window wing
winter wire wish witty wizard wolf wombat wool word worker worm worth wrench wrist yacht yak yard
yarn yawn year yeast yellow yes yeti yield yodel yoga yogurt young youth zeal zebra zenith zephyr
zesty zigzag zinc zipper zodiac zone zoom
`)
