namespace Semblance.Training;

/// <summary>The exception that is thrown when training would resume with other settings or data than those of its checkpoint.</summary>
/// <param name="folder">The folder of the checkpoint.</param>
/// <param name="changes">The differences.</param>
public sealed class TrainingChangedException(string folder, IReadOnlyList<TrainingChange> changes)
    : InvalidOperationException(
        $"{folder}: the checkpoint is of a training that differs from this one in {string.Join("; ", changes)}. Restore the previous "
        + "settings and data, or start anew; to resume with the changes, allow them.")
{
    /// <summary>Gets the differences.</summary>
    public IReadOnlyList<TrainingChange> Changes { get; } = changes;
}
