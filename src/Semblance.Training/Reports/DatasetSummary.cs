namespace Semblance.Training;

/// <summary>What there is to say about a data set that was trained on.</summary>
/// <param name="Name">Its name: a Hub id, or what logs call it, as in <see cref="TrainingDataset.Name"/>.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Loss">The type name of its loss, such as <c>MultipleNegativesRankingLoss</c>; a wrapped one in brackets.</param>
public sealed record DatasetSummary(string Name, long Rows, string Loss)
{
    /// <summary>Where it is from and under which licence; null where not known.</summary>
    public string? Source { get; init; }

    /// <summary>A row or two, to show what it is like.</summary>
    public IReadOnlyList<Example> Examples { get; init; } = [];
}
