namespace Semblance.Training;

/// <summary>A setting, or data, that is not what it was when a checkpoint was written.</summary>
/// <param name="Name">What differs, such as <c>seed</c> or <c>data set 1</c>.</param>
/// <param name="Before">What it was; null where it was not set.</param>
/// <param name="Now">What it is; null where it is not set.</param>
public sealed record TrainingChange(string Name, string? Before, string? Now)
{
    /// <summary>The change as <c>name: before → now</c>.</summary>
    public override string ToString() => $"{Name}: {Before ?? "(not set)"} → {Now ?? "(not set)"}";
}
