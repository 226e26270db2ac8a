namespace Semblance.Server.Inference;

/// <summary>Represents the results of a request.</summary>
/// <typeparam name="TResult">The type of the result of a text.</typeparam>
/// <param name="Model">The name of the model.</param>
/// <param name="Results">The results, in the order of the texts.</param>
/// <param name="Usage">What the request cost.</param>
internal sealed record InferenceResult<TResult>(string Model, IReadOnlyList<TResult> Results, Usage Usage);
