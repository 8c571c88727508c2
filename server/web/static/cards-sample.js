/* Bindings to try the page with: what a player may have bound, for controllers that many packs know. */

/* Flight Simulator 2020: device, context, action = inputs pressed together. */
const FLIGHT = {
  'T.16000M': {
    PLANE: { KEY_AXIS_AILERONS_SET: 'Axis X', KEY_AXIS_ELEVATOR_SET: 'Axis Y', KEY_AXIS_RUDDER_SET: 'Rotation Z',
      KEY_BRAKES: 'Button1', KEY_GEAR_TOGGLE: 'Button4', KEY_ELEV_TRIM_DN: 'Button5', KEY_ELEV_TRIM_UP: 'Button6',
      KEY_SPOILERS_TOGGLE: 'Button7', KEY_PARKING_BRAKES: 'Button8', KEY_FLAPS_DECR: 'Button11', KEY_FLAPS_INCR: 'Button12',
      KEY_YAW_DAMPER_TOGGLE: 'Button2 Button7' },
    COCKPIT_CAMERA: { KEY_COCKPIT_QUICKVIEW1: 'POV1_UP', KEY_COCKPIT_QUICKVIEW2: 'POV1_LEFT',
      KEY_COCKPIT_QUICKVIEW3: 'POV1_RIGHT', KEY_COCKPIT_RESET: 'Button3' },
    MENU: { MENU_VALID: 'Button1', MENU_BACK: 'Button2' },
  },
  'TWCS Throttle': {
    PLANE: { KEY_THROTTLE_AXIS_SET_EX1: 'Axis Z', KEY_THROTTLE_REVERSE_THRUST_TOGGLE: 'Button1', KEY_AP_MASTER: 'Button2',
      KEY_THROTTLE_CUT: 'Button3', KEY_TOGGLE_MASTER_BATTERY: 'Button6', KEY_PITOT_HEAT_TOGGLE: 'Button7',
      KEY_FLAPS_UP: 'Button9', KEY_FLAPS_DOWN: 'Button10' },
    EXTERNAL_CAMERA: { KEY_CHASE_QUICKVIEW1: 'POV1_UP', KEY_CHASE_QUICKVIEW2: 'POV1_LEFT',
      KEY_CHASE_QUICKVIEW3: 'POV1_RIGHT' },
  },
};

const keys = text => text.split(/ (?=Button)/).map(key => `<KEY Information="${key}">0</KEY>`).join('');
const actions = table => Object.entries(table).map(([name, inputs]) =>
  `      <Action ActionName="${name}"><Primary>${keys(inputs)}</Primary></Action>`).join('\n');
const contexts = table => Object.entries(table).map(([name, bound]) =>
  `    <Context ContextName="${name}">\n${actions(bound)}\n    </Context>`).join('\n');
const flight = () => Object.entries(FLIGHT).map(([device, table]) => [`${device}.xml`,
  `<?xml version="1.0" encoding="UTF-8"?>\n<DefaultInput>\n  <Device DeviceName="${device}">\n${contexts(table)}\n  </Device>\n</DefaultInput>\n`]);

/* Star Wars: Squadrons: context, concept = axis and button. */
const SQUADRON = {
  Starship: { Fire: [26, 22], TargetSelect: [26, 23], FireCountermeasure: [26, 24], Afterburner: [26, 25], Drift: [26, 26],
    FireAuxiliaryWeaponOneMain: [26, 27], FireAuxiliaryWeaponTwoMain: [26, 28], TargetCycle: [26, 29], Roll: [10, 0], Pitch: [9, 0] },
  Default: { Activate: [26, 22], Deactivate: [26, 23] },
};

const squadron = () => [['Squadrons.profile', 'GstInput.JoystickDevice1 T.16000M\n' + Object.entries(SQUADRON).flatMap(([context, table]) =>
  Object.entries(table).map(([concept, [axis, button]]) => ['axis ' + axis, 'button ' + button, 'deviceid 0'].map(field =>
    `GstKeyBinding.Incom${context}InputConcepts.Concept${concept}.0.${field}\n`).join(''))).join('')]];

/* Elite Dangerous: control = device and key, with modifiers behind them. */
const ELITE = {
  RollAxisRaw: 'T16000M Joy_XAxis', PitchAxisRaw: 'T16000M Joy_YAxis', YawAxisRaw: 'T16000M Joy_RZAxis',
  PrimaryFire: 'T16000M Joy_1', SecondaryFire: 'T16000M Joy_2', SelectTarget: 'T16000M Joy_3', CycleNextTarget: 'T16000M Joy_4',
  CycleNextHostileTarget: 'T16000M Joy_4 T16000M Joy_2', LandingGearToggle: 'T16000M Joy_5', DeployHardpointToggle: 'T16000M Joy_6',
  CycleFireGroupNext: 'T16000M Joy_7', ToggleCargoScoop: 'T16000M Joy_8', UseBoostJuice: 'T16000M Joy_10', HyperSuperCombination: 'T16000M Joy_11',
  UI_Up: 'T16000M Joy_POV1Up', UI_Down: 'T16000M Joy_POV1Down', UI_Left: 'T16000M Joy_POV1Left', UI_Right: 'T16000M Joy_POV1Right',
  SteeringAxis: 'T16000M Joy_XAxis', BuggyPrimaryFireButton: 'T16000M Joy_1', BuggySecondaryFireButton: 'T16000M Joy_2',
  AutoBreakBuggyButton: 'T16000M Joy_9', HumanoidJumpButton: 'Keyboard Key_Space', HumanoidSprintButton: 'Keyboard Key_LeftShift',
  HumanoidPrimaryInteractButton: 'Keyboard Key_E', GalaxyMapOpen: 'Keyboard Key_M', SystemMapOpen: 'Keyboard Key_N',
  ToggleFlightAssist: 'Keyboard Key_Z', ToggleReverseThrottleInput: 'Keyboard Key_Tab', SetSpeedZero: 'Keyboard Key_X Keyboard Key_LeftAlt',
  FocusLeftPanel: 'Keyboard Key_1', FocusCommsPanel: 'Keyboard Key_2', FocusRightPanel: 'Keyboard Key_4', UIFocus: 'Keyboard Key_F',
};

const elite = () => [['Sample.binds', '<?xml version="1.0" encoding="UTF-8" ?>\n<Root PresetName="Sample">\n' +
  Object.entries(ELITE).map(([control, text]) => {
    const [device, key, withDevice, withKey] = text.split(' ');
    const modifier = withKey ? `<Modifier Device="${withDevice}" Key="${withKey}"/>` : '';
    return `  <${control}><Primary Device="${device}" Key="${key}">${modifier}</Primary></${control}>\n`;
  }).join('') + '</Root>\n']];

/* The sample of a game, as files. */
export function sample(game) {
  const made = { fs2020: flight, sws: squadron, ed: elite }[game]();
  return made.map(([name, text]) => new File([text], name));
}
