using Semblance.Transformers.Albert;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Clip;
using Semblance.Transformers.Deberta;
using Semblance.Transformers.Decoders;
using Semblance.Transformers.DistilBert;
using Semblance.Transformers.Electra;
using Semblance.Transformers.EuroBert;
using Semblance.Transformers.Gpt2;
using Semblance.Transformers.ModernBert;
using Semblance.Transformers.MPNet;
using Semblance.Transformers.NomicBert;
using Semblance.Transformers.Roberta;
using Semblance.Transformers.T5;

namespace Semblance.Transformers;

/// <summary>Provides the architectures that can be loaded: those of the library, and those that a program registers. Thread-safe.</summary>
public static class Architectures
{
    private static readonly Lock Registering = new();

    private static volatile Architecture[] _all =
    [
        AlbertModel.Descriptor,
        BertModel.Descriptor,
        RobertaModel.Camembert,
        ClipTextModel.Descriptor,
        DebertaModel.Descriptor,
        DebertaV2Model.Descriptor,
        DistilBertModel.Descriptor,
        ElectraModel.Descriptor,
        EuroBertModel.Descriptor,
        DecoderModel.Gemma,
        DecoderModel.Gemma3,
        Gpt2Model.Descriptor,
        DecoderModel.Llama,
        DecoderModel.Mistral,
        ModernBertModel.Descriptor,
        MPNetModel.Descriptor,
        NomicBertModel.Descriptor,
        DecoderModel.Qwen2,
        DecoderModel.Qwen3,
        RobertaModel.Descriptor,
        T5Model.Descriptor,
        RobertaModel.XlmRoberta,
    ];

    /// <summary>Gets all architectures.</summary>
    public static IReadOnlyList<Architecture> All => _all;

    /// <summary>Returns an architecture by its <c>model_type</c>; <see langword="null"/> if there is none.</summary>
    /// <param name="modelType">The name.</param>
    public static Architecture? Find(string? modelType) => Array.Find(_all, architecture => architecture.ModelType == modelType);

    /// <summary>Registers an architecture, so that models of its <c>model_type</c> load everywhere.</summary>
    /// <param name="architecture">The descriptor.</param>
    /// <exception cref="ArgumentException">An architecture of this name is already registered.</exception>
    public static void Register(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        lock (Registering)
        {
            _all = Find(architecture.ModelType) is null
                ? [.. _all, architecture]
                : throw new ArgumentException(
                    $"The architecture '{architecture.ModelType}' is already registered; a descriptor needs a model_type of its own.",
                    nameof(architecture));
        }
    }

    /// <summary>Returns the architecture that a configuration names.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <exception cref="ModelFormatException">The architecture is missing or unknown.</exception>
    public static Architecture Of(ConfigurationFile configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var modelType = configuration.Text("model_type");
        return Find(modelType) ?? throw configuration.Fault(
            "model_type",
            $"is {(modelType is null ? "missing" : $"'{modelType}'")}; supported architectures are "
            + string.Join(", ", All.Select(architecture => architecture.ModelType)));
    }
}
