namespace Semblance.Training;

/// <summary>
/// Adam with decoupled weight decay: each step first shrinks the parameter by rate × decay (Loshchilov and Hutter 2019,
/// arXiv:1711.05101). What sentence encoders are usually trained with.
/// </summary>
/// <param name="groups">The parameters by how they are trained.</param>
public sealed class AdamW(IReadOnlyList<ParameterGroup> groups) : Adam(groups)
{
    private protected override bool DecaysApart => true;
}
