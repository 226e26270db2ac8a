namespace Semblance.Training;

/// <summary>
/// Represents the AdamW optimizer: Adam with decoupled weight decay, which first multiplies the parameter by 1 − rate × decay (Loshchilov
/// and Hutter 2019, arXiv:1711.05101). It is the usual optimizer for sentence encoders.
/// </summary>
/// <param name="groups">The parameter groups.</param>
public sealed class AdamW(IReadOnlyList<ParameterGroup> groups) : Adam(groups)
{
    private protected override bool DecaysApart => true;
}
