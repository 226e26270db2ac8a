namespace Semblance.Training;

/// <summary>Represents the options of <c>TeacherVectors.Compute</c>.</summary>
public sealed record TeacherVectorsOptions
{
    /// <summary>
    /// Gets the dimension of the student, to which wider vectors are projected; <see langword="null"/>, the default, for the sum of the
    /// teachers' dimensions.
    /// </summary>
    public int? Dimensions
    {
        get;
        init => field = value is null ? null : Setting.Positive(value.Value);
    }

    /// <summary>Gets the maximum number of threads, including the calling one; all by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;
}
