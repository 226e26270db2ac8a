namespace Semblance.Training;

/// <summary>A training is to go on with other settings or other data than its checkpoint was written with.</summary>
/// <param name="folder">The folder of the checkpoint.</param>
/// <param name="changes">What differs.</param>
public sealed class TrainingChangedException(string folder, IReadOnlyList<TrainingChange> changes)
    : InvalidOperationException($"{folder}: the checkpoint is of a training that differs from this one in {string.Join("; ", changes)}. Use the settings and the data of before, or begin anew; to go on with the changes, allow them.")
{
    /// <summary>What differs.</summary>
    public IReadOnlyList<TrainingChange> Changes { get; } = changes;
}
