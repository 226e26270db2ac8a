namespace Semblance.Training;

/// <summary>Rows to learn from, and what is to be made small on them.</summary>
/// <param name="Name">What logs call it.</param>
/// <param name="Rows">The rows; all have the same number of texts.</param>
/// <param name="Loss">The loss of its batches.</param>
public sealed record TrainingDataset(string Name, IReadOnlyList<Example> Rows, Objective Loss)
{
    /// <summary>What the loss counts among those of several data sets.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>What stands before the texts of each column, such as <c>query: </c>; columns beyond the list have none.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];
}
