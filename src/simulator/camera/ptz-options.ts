import type { CameraView, SoapCall, SoapFault } from './soap-service.ts';
import { type Xml, xml } from './xml.ts';

/** What the camera says it can do about moving. */

const SPACES = 'http://www.onvif.org/ver10/tptz';
export const PTZ_CONFIGURATION = 'ptz0';

interface SpaceRow {
  readonly uri: string;
  readonly markup: Xml;
}

/** The spaces it announces, as its habits have them. */
export function spacesOf({ habits }: CameraView): SpaceRow[] {
  const most = habits.has('ptz-odd-range') ? 100 : 1;
  const x = xml`<tt:XRange><tt:Min>${-most}</tt:Min><tt:Max>${most}</tt:Max></tt:XRange>`;
  const y = xml`<tt:YRange><tt:Min>${-most}</tt:Min><tt:Max>${most}</tt:Max></tt:YRange>`;
  const uri = (kind: string, name: string): string => `${SPACES}/${kind}/${name}`;
  const zoomless = habits.has('ptz-no-zoom');
  if (habits.has('ptz-relative-only')) {
    const by = uri('PanTiltSpaces', 'TranslationGenericSpace');
    return [
      {
        uri: by,
        markup: xml`<tt:RelativePanTiltTranslationSpace><tt:URI>${by}</tt:URI>${x}${y}</tt:RelativePanTiltTranslationSpace>`,
      },
    ];
  }
  if (habits.has('ptz-absolute-only')) {
    const to = uri('PanTiltSpaces', 'PositionGenericSpace');
    return [
      {
        uri: to,
        markup: xml`<tt:AbsolutePanTiltPositionSpace><tt:URI>${to}</tt:URI>${x}${y}</tt:AbsolutePanTiltPositionSpace>`,
      },
    ];
  }
  const turn = uri('PanTiltSpaces', 'VelocityGenericSpace');
  const zoom = uri('ZoomSpaces', 'VelocityGenericSpace');
  const panTilt = xml`<tt:ContinuousPanTiltVelocitySpace><tt:URI>${turn}</tt:URI>${x}${y}</tt:ContinuousPanTiltVelocitySpace>`;
  const zoomIn = xml`<tt:ContinuousZoomVelocitySpace><tt:URI>${zoom}</tt:URI>${x}</tt:ContinuousZoomVelocitySpace>`;
  return [{ uri: turn, markup: panTilt }, ...(zoomless ? [] : [{ uri: zoom, markup: zoomIn }])];
}

export function getOptions({ camera }: SoapCall): Xml | SoapFault {
  const { habits } = camera;
  if (habits.has('ptz-options-fault')) return { fault: 'ter:ActionNotSupported', reason: 'Not supported' };
  const spaces = habits.has('ptz-empty-spaces') ? [] : spacesOf(camera).map(({ markup }) => markup);
  return xml`<tptz:GetConfigurationOptionsResponse><tptz:PTZConfigurationOptions><tt:Spaces>${spaces}</tt:Spaces>
<tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT60S</tt:Max></tt:PTZTimeout></tptz:PTZConfigurationOptions>
</tptz:GetConfigurationOptionsResponse>`;
}

/** The configuration as it stands in a profile and in GetConfigurations. */
export function configurationXml(): Xml {
  return xml`<tt:Name>PTZ</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>node0</tt:NodeToken>
<tt:DefaultPTZTimeout>PT10S</tt:DefaultPTZTimeout>`;
}

export function getConfiguration(): Xml {
  return xml`<tptz:GetConfigurationsResponse><tptz:PTZConfiguration token="${PTZ_CONFIGURATION}">${configurationXml()}</tptz:PTZConfiguration></tptz:GetConfigurationsResponse>`;
}
