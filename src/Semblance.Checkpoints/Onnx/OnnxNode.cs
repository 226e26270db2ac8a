namespace Semblance.Checkpoints;

/// <summary>Represents an operation of a graph.</summary>
/// <param name="Operator">The operator, such as <c>MatMul</c>.</param>
/// <param name="Name">The name, which exporters make from the path of the module; may be empty.</param>
/// <param name="Inputs">The names of the inputs; empty for an absent one.</param>
/// <param name="Outputs">The names of the outputs.</param>
/// <param name="Integers">The attributes that are whole numbers.</param>
internal sealed record OnnxNode(
    string Operator, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, long> Integers);
