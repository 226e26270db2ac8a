using System.Collections.Concurrent;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers.Adapters;

namespace Semblance.Server.Models;

/// <summary>Represents a model in memory, of one of the four kinds.</summary>
internal sealed class LoadedModel
{
    private readonly Lazy<MultiVectorEncoder?> _lateInteraction;
    private readonly ConcurrentDictionary<(string Folder, object Encoder), Adapter> _adapters = new();

    private LoadedModel(string folder, ComputeType compute, Func<MultiVectorEncoder?> lateInteraction)
    {
        (Folder, Compute) = (folder, compute);
        _lateInteraction = new Lazy<MultiVectorEncoder?>(lateInteraction);
    }

    /// <summary>Gets the folder of the model.</summary>
    public string Folder { get; }

    /// <summary>Gets the compute type.</summary>
    public ComputeType Compute { get; }

    /// <summary>Gets the model of dense vectors; <see langword="null"/> if it is of another kind.</summary>
    public SentenceTransformer? Dense { get; private init; }

    /// <summary>Gets the model of sparse vectors; <see langword="null"/> if it is of another kind.</summary>
    public SparseEncoder? Sparse { get; private init; }

    /// <summary>Gets the model of pairs; <see langword="null"/> if it is of another kind.</summary>
    public CrossEncoder? Cross { get; private init; }

    /// <summary>
    /// Gets the late-interaction model, the head of a dense model, or the token vectors of a dense model; <see langword="null"/> if there is
    /// none. A head is loaded when it is first used.
    /// </summary>
    public MultiVectorEncoder? LateInteraction => _lateInteraction.Value;

    /// <summary>Gets the tokenizer.</summary>
    public Tokenizer Tokenizer => Dense?.Tokenizer ?? Sparse?.Tokenizer ?? Cross?.Tokenizer ?? LateInteraction!.Tokenizer;

    /// <summary>Gets the maximum sequence length in tokens.</summary>
    public int MaxSequenceLength =>
        Dense?.MaxSequenceLength ?? Sparse?.MaxSequenceLength ?? Cross?.MaxSequenceLength ?? LateInteraction!.MaxSequenceLength;

    /// <summary>Gets the named prompts.</summary>
    public IReadOnlyDictionary<string, string> Prompts => Config.Prompts;

    /// <summary>Gets the settings.</summary>
    public EncoderConfig Config => Dense?.Config ?? Sparse?.Config ?? Cross?.Config ?? (EncoderConfig)LateInteraction!.Config;

    /// <summary>Gets the warnings about the model's files.</summary>
    public IReadOnlyList<string> Warnings => Dense?.Warnings ?? Sparse?.Warnings ?? Cross?.Warnings ?? LateInteraction!.Warnings;

    /// <summary>Gets the number of parameters.</summary>
    public long ParameterCount =>
        (Dense?.Parameters() ?? Sparse?.Parameters() ?? Cross?.Parameters() ?? LateInteraction!.Parameters())
            .Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Returns the adapter of a folder for one of the encoders, loaded if it is not in memory.</summary>
    /// <typeparam name="TEncoder">The kind of encoder.</typeparam>
    /// <param name="folder">The folder.</param>
    /// <param name="encoder">The encoder.</param>
    public Adapter AdapterOf<TEncoder>(string folder, Encoder<TEncoder> encoder)
        where TEncoder : Encoder<TEncoder>, ILoadable<TEncoder> => _adapters.GetOrAdd((folder, encoder), _ => encoder.LoadAdapter(folder));

    /// <summary>Loads the model of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="compute">The compute type.</param>
    public static LoadedModel Load(string folder, ComputeType compute)
    {
        var kinds = ModelKinds.AllOf(folder);
        var hasHead = kinds.Count > 1;
        switch (kinds[0])
        {
            case ModelKind.CrossEncoder:
                return new LoadedModel(folder, compute, () => null) { Cross = CrossEncoder.Load(folder, compute) };
            case ModelKind.SparseEncoder:
                return new LoadedModel(folder, compute, () => null) { Sparse = SparseEncoder.Load(folder, compute) };
            case ModelKind.MultiVectorEncoder:
                var lateInteraction = MultiVectorEncoder.Load(folder, compute);
                return new LoadedModel(folder, compute, () => lateInteraction);
            default:
                var dense = SentenceTransformer.Load(folder, compute);
                return new LoadedModel(folder, compute, () => hasHead ? MultiVectorEncoder.Load(folder, compute)
                    : dense.Modules[0] is TransformerModule ? MultiVectorEncoder.Of(dense)
                    : null)
                { Dense = dense };
        }
    }
}
