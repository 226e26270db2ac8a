using Semblance.Files.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>Represents the settings of a cross-encoder: its prompts and the activation function of its scores.</summary>
public sealed record CrossEncoderConfig : EncoderConfig
{
    private const string Section = "sentence_transformers"; // of the transformer's own config.json
    private const string Field = "activation_fn";
    private const string OldField = "sbert_ce_default_activation_function";

    private static readonly KnownKeys Keys = new KnownKeys().Supported(Field, "default_prompt_name", "prompts").With(CommonKeys);
    private static readonly KnownKeys SectionKeys = new KnownKeys().Supported(Field).Ignored("version");

    /// <summary>
    /// Gets the activation function of the logits, unless <see cref="PredictOptions.Activation"/> sets another. If the files name none, it
    /// is the sigmoid for one label and the identity for several.
    /// </summary>
    public Activation Activation { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the logits of a causal model are scored; their settings file is always written.
    /// </summary>
    internal bool IsCausal { get; init; }

    internal static CrossEncoderConfig Load(string folder, ConfigurationFile model, bool isCausal)
    {
        var path = Path.Combine(folder, FileName);
        var settings = File.Exists(path) ? ConfigurationFile.Read(path).Check(Keys) : null;
        var (prompts, defaultPromptName) = settings is null ? (new Dictionary<string, string>(), null) : ReadPrompts(settings);
        return new CrossEncoderConfig
        {
            Prompts = prompts,
            DefaultPromptName = defaultPromptName,
            IsCausal = isCausal,
            Activation = (settings is null ? null : TorchActivations.Find(settings, Field))
                ?? (model.Section(Section)?.Check(SectionKeys) is { } section ? TorchActivations.Find(section, Field) : null)
                ?? TorchActivations.Find(model, OldField)
                ?? Default(isCausal ? 1 : TaskModel.LabelCount(model)),
            Warnings = settings?.Warnings ?? [],
        };
    }

    /// <summary>Returns the activation function of a model whose files name none.</summary>
    internal static Activation Default(int labels) => labels == 1 ? Activation.Sigmoid : Activation.Identity;

    internal override void Save(string folder, ModelKind kind)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        var others = config.Section(Section)?.Root.EnumerateObject().Where(field => !field.NameEquals(Field)).ToArray() ?? [];
        config.SaveWith(Section, json =>
        {
            json.WriteStartObject();
            json.WriteString(Field, TorchActivations.NameOf(Activation));
            foreach (var field in others)
            {
                field.WriteTo(json);
            }

            json.WriteEndObject();
        });
        if (Prompts.Count > 0 || IsCausal)
        {
            Write(folder, kind, json => json.WriteString(Field, TorchActivations.NameOf(Activation)));
        }
    }
}
