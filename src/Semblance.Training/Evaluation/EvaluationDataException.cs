namespace Semblance.Training;

/// <summary>
/// The exception that is thrown when data are not sufficient for an evaluation: one label, constant scores or too few rows.
/// </summary>
public sealed class EvaluationDataException : ArgumentException
{
    /// <summary>Initializes a new instance of the <see cref="EvaluationDataException"/> class.</summary>
    /// <param name="problem">The problem: what was found, and the minimum that is needed.</param>
    /// <param name="parameter">The name of the parameter with the data, or <see langword="null"/>.</param>
    public EvaluationDataException(string problem, string? parameter = null)
        : base(problem, parameter) => Problem = problem;

    /// <summary>Gets the problem: what was found, and the minimum that is needed.</summary>
    public string Problem { get; }
}
