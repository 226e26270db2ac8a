namespace Semblance.Training;

/// <summary>The exception that is thrown when a sampler cannot fill any batch from its data set.</summary>
/// <param name="problem">A description of the problem and its remedy.</param>
public sealed class SamplerException(string problem) : InvalidOperationException(problem);
