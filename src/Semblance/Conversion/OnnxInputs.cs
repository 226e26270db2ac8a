using Semblance.Checkpoints;

namespace Semblance.Conversion;

/// <summary>
/// Represents the inputs of an exported transformer and what follows from them: padded batches, <c>[batch × sequence]</c>.
/// </summary>
/// <param name="operations">The graph.</param>
internal sealed class OnnxInputs(OnnxOperations operations)
{
    public const string TokenIds = "input_ids", Mask = "attention_mask", TypeIds = "token_type_ids";

    private static readonly string[] Shape = ["batch_size", "sequence_length"];

    private readonly Dictionary<string, string> _derived = new(StringComparer.Ordinal);

    /// <summary>Gets a value that indicates whether the model reads token types.</summary>
    public bool HasTypes { get; private set; }

    /// <summary>Gets the positions in the sequence, from 0: int64 <c>[sequence]</c>.</summary>
    public string Range => Derived("range", () => operations.Add("Range", [operations.Integer(0), Length, operations.Integer(1)]));

    /// <summary>Gets the positions as float32 <c>[sequence]</c>.</summary>
    public string FloatRange => Derived("float range", () => operations.Cast(Range, toInteger: false));

    /// <summary>Gets the mask as float32 <c>[batch × sequence × 1]</c>.</summary>
    public string TokenMask => Derived("mask", () => operations.Unsqueeze(operations.Cast(Mask, toInteger: false), 2));

    /// <summary>Gets, for each sequence, the index of its last token: int64 <c>[batch × 1]</c>.</summary>
    public string LastToken => Derived("last", () => operations.Add(
        "ReduceMax", [operations.Add("Mul", [Mask, Range])], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1L)));

    private string Length => Derived("length", () => operations.Add("Gather", [operations.Add("Shape", [TokenIds]), operations.Integer(1)]));

    /// <summary>Returns what is added to the scores of attention: 0 for a visible key, the least number for another one.</summary>
    /// <param name="isCausal"><see langword="true"/> if a token sees only itself and those before it.</param>
    /// <param name="window">A token sees others at a smaller distance; <see langword="null"/> for any distance.</param>
    /// <returns><c>[batch × 1 × 1 or sequence × sequence]</c>.</returns>
    public string Visibility(bool isCausal, int? window) => Derived($"visible {isCausal} {window}", () =>
    {
        var (zero, least) = (operations.Number(0), operations.Number(float.MinValue));
        if (!isCausal && window is null)
        {
            var padding = operations.Add("Equal", [Mask, operations.Integer(0)]);
            return operations.Add("Where", [operations.Unsqueeze(padding, 1, 2), least, zero]);
        }

        var distances = Distances;
        var hidden = isCausal ? operations.Add("Greater", [distances, operations.Integer(0)]) : null;
        if (window is { } size)
        {
            var far = isCausal
                ? operations.Add("LessOrEqual", [distances, operations.Integer(-size)])
                : operations.Add("GreaterOrEqual", [operations.Add("Abs", [distances]), operations.Integer(size)]);
            hidden = hidden is null ? far : operations.Add("Or", [hidden, far]);
        }

        var places = operations.Add("Where", [hidden!, least, zero]);
        return operations.Add("Min", [Visibility(false, null), places]);
    });

    /// <summary>Gets the position of each key minus that of each query: int64 <c>[queries × keys]</c>.</summary>
    public string Distances => Derived(
        "distances", () => operations.Add("Sub", [operations.Unsqueeze(Range, 0), operations.Unsqueeze(Range, 1)]));

    /// <summary>Returns positions that begin after a padding id, which padding tokens have: int64 <c>[batch × sequence]</c>.</summary>
    /// <param name="padding">The padding id.</param>
    public string PositionsAfter(int padding) => Derived($"after {padding}", () =>
    {
        var isPadding = operations.Add("Equal", [TokenIds, operations.Integer(padding)]);
        var counted = operations.Cast(operations.Add("Not", [isPadding]), toInteger: true);
        var places = operations.Add("CumSum", [counted, operations.Integer(1)]);
        return operations.Add("Add", [operations.Add("Mul", [places, counted]), operations.Integer(padding)]);
    });

    /// <summary>Returns the input of the token types.</summary>
    public string Types()
    {
        HasTypes = true;
        return TypeIds;
    }

    /// <summary>Declares the inputs that the operations so far read.</summary>
    public void Declare()
    {
        foreach (var name in HasTypes ? [TokenIds, Mask, TypeIds] : new[] { TokenIds, Mask })
        {
            operations.Graph.AddInput(new OnnxValue(name, isInteger: true, Shape));
        }
    }

    /// <summary>Returns a value that is computed once.</summary>
    public string Derived(string key, Func<string> compute)
    {
        if (!_derived.TryGetValue(key, out var name))
        {
            _derived[key] = name = compute();
        }

        return name;
    }
}
