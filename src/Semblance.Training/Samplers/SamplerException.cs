namespace Semblance.Training;

/// <summary>A sampler cannot fill a single batch from its data set.</summary>
/// <param name="problem">Why, and what to do.</param>
public sealed class SamplerException(string problem) : InvalidOperationException(problem);
