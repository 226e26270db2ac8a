namespace Semblance.Training;

/// <summary>There is too little to evaluate on, or nothing that tells a good model from a bad one: one class, constant scores, too few rows.</summary>
public sealed class EvaluationDataException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What was found, and the least that is needed.</param>
    /// <param name="parameter">The parameter with the data; null for none.</param>
    public EvaluationDataException(string problem, string? parameter = null)
        : base(problem, parameter) => Problem = problem;

    /// <summary>Gets what was found, and the least that is needed.</summary>
    public string Problem { get; }
}
