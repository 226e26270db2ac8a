using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>One step of a <see cref="SentenceTransformer"/>. Immutable, and safe for all threads.</summary>
public abstract class Module
{
    /// <summary>The module's type in <c>modules.json</c>.</summary>
    public abstract string Type { get; }

    /// <summary>The width of the vectors that the module makes of vectors of a given width.</summary>
    /// <param name="input">The width of what comes in.</param>
    public virtual int OutputDimension(int input) => input;

    /// <summary>Whether there is a vector for each text once the module has run.</summary>
    public virtual bool MakesSentenceEmbeddings => false;

    /// <summary>Whether the module works on the output of every layer of the transformer before it, <see cref="Features.HiddenStates"/>.</summary>
    public virtual bool NeedsHiddenStates => false;

    /// <summary>Gets what the module's files say that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Takes a batch one step further.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="features">The batch; the module's result replaces what it was made of.</param>
    public abstract void Forward(Computation run, Features features);

    /// <summary>What the module has to train, under the names in its file; nothing for most.</summary>
    public virtual IEnumerable<Parameter> Parameters() => [];

    /// <summary>Writes the module's files.</summary>
    /// <param name="folder">An existing folder of its own.</param>
    /// <param name="weights">The type that parameters are written in, <see cref="DType.F32"/> or <see cref="DType.F16"/>.</param>
    public abstract void Save(string folder, DType weights = DType.F32);

    /// <summary>A parameter from a file, in memory of its own where it is to be trained.</summary>
    /// <exception cref="ModelFormatException">It has a value that is not finite; tables of more than a million values are checked by the results.</exception>
    private protected static Tensor ReadParameter(Checkpoint checkpoint, string name, bool trainable)
    {
        var tensor = checkpoint.Read(name);
        if (!CheckpointWeights.IsFinite(tensor))
        {
            throw new ModelFormatException(checkpoint.Path, $"'{name}' has a value that is not finite; the file is damaged, or its training failed.");
        }

        return trainable ? Tensor.From(tensor.Values, tensor.Shape) : tensor;
    }

    /// <summary>Writes parameters to <c>model.safetensors</c>.</summary>
    private protected static void SaveParameters(IEnumerable<Parameter> parameters, string folder, DType weights)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in parameters)
        {
            writer.Add(name, tensor, weights);
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    /// <summary>The token vectors of a batch, which an earlier module must have made.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected Tensor TokenEmbeddings(Features features) => features.TokenEmbeddings
        ?? throw new InvalidOperationException($"{Type} works on token vectors, but no module that makes them stands before it.");

    /// <summary>The vectors of a batch, which an earlier module must have made.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected Tensor SentenceEmbeddings(Features features) => features.SentenceEmbeddings
        ?? throw new InvalidOperationException($"{Type} works on sentence vectors, but no pooling stands before it.");
}
