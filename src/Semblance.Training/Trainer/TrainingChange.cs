namespace Semblance.Training;

/// <summary>Represents a setting, or data, that differs from a checkpoint's.</summary>
/// <param name="Name">The name of the setting or data, such as <c>seed</c> or <c>data set 1</c>.</param>
/// <param name="Before">The value in the checkpoint; <see langword="null"/> if it was not set.</param>
/// <param name="Now">The current value; <see langword="null"/> if it is not set.</param>
public sealed record TrainingChange(string Name, string? Before, string? Now)
{
    /// <summary>Returns the change as <c>name: before → now</c>.</summary>
    public override string ToString() => $"{Name}: {Before ?? "(not set)"} → {Now ?? "(not set)"}";
}
