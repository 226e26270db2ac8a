using Semblance.Checkpoints;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Transformers;

/// <summary>
/// Represents parameters from a file, checked against the shapes of the configuration. Names are found in their published variants: with or
/// without the model's prefix, and with the <c>gamma</c> and <c>beta</c> of old checkpoints.
/// </summary>
/// <param name="checkpoint">The checkpoint with the tensors.</param>
/// <param name="prefix">The prefix that the names of the body may have, such as <c>bert.</c>.</param>
/// <param name="writable">
/// <see langword="true"/> to copy the tensors into memory that training can change. <see langword="false"/> by default.
/// </param>
/// <param name="known">The names that other readers use, which are not unexpected.</param>
/// <param name="configuration">The name of the file with the shapes, for messages.</param>
public sealed class CheckpointWeights(
    Checkpoint checkpoint, string prefix, bool writable = false, IEnumerable<string>? known = null,
    string configuration = "config.json") : Weights
{
    private const int MostChecked = 1 << 20; // values; larger tables are mapped and not read before they are used

    private readonly List<string> _problems = [];
    private readonly List<string> _asked = [.. known ?? []];

    /// <summary>
    /// Gets or sets a value that indicates whether more parameters will be read, so that faults are collected until the last
    /// <see cref="Check"/>.
    /// </summary>
    public bool Continues { get; set; }

    /// <summary>
    /// Returns a value that indicates whether no element is infinite or NaN; always <see langword="true"/> for a large table, which is not
    /// checked.
    /// </summary>
    public static bool IsFinite(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Span<float> part = stackalloc float[1024];
        for (var first = 0; tensor.Length <= MostChecked && first < tensor.Length; first += part.Length)
        {
            part = part[..Math.Min(part.Length, tensor.Length - first)];
            tensor.CopyTo(first, part); // elements of another type are converted without a copy that is kept
            if (!TensorPrimitives.IsFiniteAll<float>(part))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Contains(string name) => Resolve(name) is not null;

    /// <inheritdoc/>
    public override Tensor? Find(string name, ReadOnlySpan<int> shape)
    {
        _asked.Add(name);
        if (Resolve(name) is not { } stored)
        {
            _problems.Add($"'{name}' is missing");
            return null;
        }

        var found = checkpoint.Info(stored).Shape;
        if (!found.SequenceEqual(shape.ToArray()))
        {
            _problems.Add(
                $"'{stored}' is [{string.Join(", ", found)}], but the configuration wants [{string.Join(", ", shape.ToArray())}]");
            return null;
        }

        var type = checkpoint.Info(stored).DType;
        var hasScales = checkpoint.HasScales(stored);
        if (!hasScales && type is not (DType.F32 or DType.F16 or DType.BF16 or DType.F64))
        {
            _problems.Add(
                $"'{stored}' is of the type {type} without scales, expected weights of F32, F16 or BF16, or I8 in a file of the format "
                + "'semblance-int8'");
            return null;
        }

        var tensor = checkpoint.Read(stored);
        if (!hasScales && !IsFinite(tensor))
        {
            _problems.Add($"'{stored}' has a value that is not finite");
            return null;
        }

        return writable ? Tensors.Tensor.From(tensor) : tensor;
    }

    /// <inheritdoc/>
    public override bool Check()
    {
        if (_problems.Count == 0 || Continues)
        {
            return _problems.Count == 0;
        }

        var used = _asked.Select(Resolve).ToHashSet();
        var unexpected = checkpoint.Tensors.Select(tensor => tensor.Name).Where(name => !used.Contains(name)).Order(StringComparer.Ordinal)
            .ToList();
        var rest = unexpected.Count > 0 ? $". Unused: {string.Join(", ", unexpected.Select(name => $"'{name}'"))}" : "";
        throw new ModelFormatException(
            checkpoint.Path,
            $"the weights do not fit {configuration}: {string.Join("; ", _problems)}{rest}. Was the folder copied whole, and do both "
            + "files belong to the same model?");
    }

    private string? Resolve(string name)
    {
        foreach (var candidate in (ReadOnlySpan<string>)[name, prefix + name, Old(name), prefix + Old(name)])
        {
            if (checkpoint.Contains(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string Old(string name) => name
        .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
        .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
}
