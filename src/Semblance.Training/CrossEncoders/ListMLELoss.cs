namespace Semblance.Training.CrossEncoders;

/// <summary>
/// The likelihood that drawing candidates one after another by their scores gives them in their right order (Xia et al. 2008, "Listwise Approach
/// to Learning to Rank: Theory and Algorithm", doi:10.1145/1390156.1390306): <see cref="PListMLELoss"/> where all places count the same, and
/// are added up. The candidates in order, the most relevant first, or a relevance for each.
/// </summary>
public sealed class ListMLELoss : PListMLELoss
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Xia];

    private protected override IReadOnlyList<float> WeightsOf(int count) => [.. Enumerable.Repeat(1f, count)];
}
