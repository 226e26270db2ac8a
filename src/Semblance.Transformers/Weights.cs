using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>
/// The parameters of one model, taken from a checkpoint by name and checked against the shape that the configuration
/// demands. Names are found as they appear in the wild: with or without the model's prefix, and with the
/// <c>gamma</c> and <c>beta</c> of old checkpoints.
/// </summary>
internal sealed class Weights
{
    private readonly Checkpoint _checkpoint;
    private readonly string _prefix;
    private readonly List<string> _problems = [];

    /// <param name="checkpoint">Where the tensors are.</param>
    /// <param name="prefix">What may stand before the names of the body, such as <c>bert.</c>.</param>
    public Weights(Checkpoint checkpoint, string prefix)
    {
        _checkpoint = checkpoint;
        _prefix = prefix;
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => Resolve(name) is not null;

    /// <summary>The tensor of this name and shape. What is missing or misshapen is noted for <see cref="Check"/>.</summary>
    public Tensor Tensor(string name, params ReadOnlySpan<int> shape)
    {
        var resolved = Resolve(name);
        if (resolved is null)
        {
            _problems.Add($"'{name}' is missing");
        }
        else if (!_checkpoint.Info(resolved).Shape.SequenceEqual(shape.ToArray()))
        {
            _problems.Add($"'{resolved}' is [{string.Join(", ", _checkpoint.Info(resolved).Shape)}], but the configuration wants [{string.Join(", ", shape.ToArray())}]");
        }
        else
        {
            return _checkpoint.Read(resolved);
        }

        return Placeholder(shape.Length);
    }

    /// <summary>A linear layer with <c>weight</c> and <c>bias</c>.</summary>
    public Linear Linear(string name, int outputs, int inputs)
    {
        var (weight, bias) = (Tensor(name + ".weight", outputs, inputs), Tensor(name + ".bias", outputs));
        return _problems.Count == 0 ? new Linear(weight, bias) : new Linear(Placeholder(2), null);
    }

    /// <summary>A layer norm with <c>weight</c> and <c>bias</c>.</summary>
    public LayerNorm LayerNorm(string name, int columns, float epsilon)
    {
        var (weight, bias) = (Tensor(name + ".weight", columns), Tensor(name + ".bias", columns));
        return _problems.Count == 0 ? new LayerNorm(weight, bias, epsilon) : new LayerNorm(Placeholder(1), Placeholder(1), epsilon);
    }

    /// <summary>Ends the loading: all that is wrong is reported together.</summary>
    /// <exception cref="ModelFormatException">A tensor is missing or has another shape.</exception>
    public void Check()
    {
        if (_problems.Count > 0)
        {
            const int Shown = 3;
            var rest = _problems.Count > Shown ? $", and {_problems.Count - Shown} more" : "";
            throw new ModelFormatException(
                _checkpoint.Path,
                $"the weights do not fit config.json: {string.Join("; ", _problems.Take(Shown))}{rest}. Was the folder copied whole, and do both files belong to the same model?");
        }
    }

    private static Tensor Placeholder(int rank) => Tensors.Tensor.Zeros(rank == 1 ? [1] : [1, 1]);

    private string? Resolve(string name)
    {
        foreach (var candidate in (ReadOnlySpan<string>)[name, _prefix + name, Old(name), _prefix + Old(name)])
        {
            if (_checkpoint.Contains(candidate))
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
