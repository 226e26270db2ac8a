using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>A tensor that is trained.</summary>
/// <param name="Name">Its name in the model's files, such as <c>encoder.layer.0.output.dense.weight</c>.</param>
/// <param name="Value">Its values, which the optimiser changes in place.</param>
public sealed record NamedParameter(string Name, Tensor Value);
