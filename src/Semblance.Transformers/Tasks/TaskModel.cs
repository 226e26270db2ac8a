using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;
using Semblance.Transformers.T5;

namespace Semblance.Transformers.Tasks;

/// <summary>A whole model as <c>config.json</c> names it under <c>architectures</c>: a body, and a head where the task has one.</summary>
public sealed class TaskModel
{
    private const string Classifier = "ForSequenceClassification";

    private static readonly string[] Supported = ["Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"];

    private readonly T5Decoder? _decoder;
    private readonly IReadOnlyList<Parameter> _headParameters;

    private TaskModel(Transformer body, ConfigurationFile config, TaskHead? head, IReadOnlyList<Parameter> headParameters, T5Decoder? decoder)
    {
        Body = body;
        Config = config;
        Head = head;
        _headParameters = headParameters;
        _decoder = decoder;
    }

    /// <summary>The transformer.</summary>
    public Transformer Body { get; }

    /// <summary>The settings that the model was loaded with: its <c>config.json</c>.</summary>
    public ConfigurationFile Config { get; }

    /// <summary>Gets what <c>config.json</c> says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => Config.Warnings;

    /// <summary>What makes the logits, or null where there is only a body, or a decoder.</summary>
    public TaskHead? Head { get; }

    /// <summary>The class that the configuration names under <c>architectures</c>, such as <c>BertForSequenceClassification</c>; empty where it names none.</summary>
    public string Architecture => Config.Texts("architectures") is [var first, ..] ? first : "";

    /// <summary>Whether the model gives logits.</summary>
    public bool HasHead => Head is not null || HasDecoder;

    /// <summary>The decoder, or null where there is none.</summary>
    internal T5Decoder? Decoder => _decoder;

    /// <summary>Whether the model has a decoder, whose tokens <see cref="Forward"/> then needs.</summary>
    public bool HasDecoder => _decoder is not null;

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="trainable">Gives the model parameters of its own, which training can change, instead of the mapped file's.</param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The architecture or its head is unknown, or configuration and weights do not fit.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static TaskModel Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.OfModel(folder);
        var body = Transformer.Load(config, folder, trainable, continues: true, out var weights);
        var heads = new RecordedWeights(weights);
        var decoder = body is T5Model t5 ? LoadDecoder(config, t5, heads, trainable) : null;
        var head = body is T5Model ? null : LoadHead(config, body, heads);
        weights.Continues = false;
        weights.Check();
        return new TaskModel(body, config, head, heads.Taken, decoder);
    }

    /// <summary>A classifier of sequences with a head that has learned nothing, on a copy of a body; it can be trained.</summary>
    /// <param name="body">The body; it is not changed.</param>
    /// <param name="labels">The names of the classes.</param>
    /// <param name="seed">Where the random weights begin.</param>
    /// <exception cref="ArgumentException">There is no label.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for sequences.</exception>
    public static TaskModel CreateClassifier(Transformer body, IReadOnlyList<string> labels, int seed)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
        {
            throw new ArgumentException("A classifier needs at least one label.", nameof(labels));
        }

        var config = ClassifierConfiguration(body, labels);
        var trained = body.ForClassification(config, seed);
        var head = new RecordedWeights(new RandomWeights(seed + 1, pooler: false));
        return new TaskModel(trained, config, LoadHead(config, trained, head), head.Taken, null);
    }

    /// <summary>All parameters under the names of the original: the body's behind its prefix, and the head's.</summary>
    public IEnumerable<Parameter> Parameters() =>
        Body.Parameters().Select(parameter => new Parameter(Body.WeightPrefix + parameter.Name, parameter.Value)).Concat(_headParameters);

    /// <summary>Writes <c>model.safetensors</c>, body and head, and <c>config.json</c> as it was loaded, but for the type of the weights.</summary>
    /// <param name="folder">The folder, made if need be; both files are replaced in one step, and weights of other names are removed.</param>
    /// <param name="weights">The type that parameters are written in, <see cref="DType.F32"/> or <see cref="DType.F16"/>.</param>
    /// <exception cref="NotSupportedException">The model has a decoder.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; it is named.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32)
    {
        if (HasDecoder)
        {
            throw new NotSupportedException("A model with a decoder cannot be saved.");
        }

        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in Parameters())
        {
            writer.Add(name, tensor, weights);
        }

        AtomicFolder.Write(folder, Transformer.IsOwnFile, written =>
        {
            writer.Save(Path.Combine(written, "model.safetensors"));
            Body.SaveConfiguration(written, weights, withHead: true);
        });
    }

    /// <summary>Runs a batch.</summary>
    /// <param name="run">The computation; it owns the results.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="decoderBatch">The decoder's tokens, where the model has one.</param>
    /// <returns>
    /// The outputs under the original's names: <c>hidden_states.0</c> (the embeddings) and up, <c>last_hidden_state</c>,
    /// <c>pooler_output</c> where there is a pooler, <c>logits</c> where there is a head, for answers to questions <c>start_logits</c> and <c>end_logits</c>. Rows are tokens or sequences.
    /// With a decoder, <c>encoder_last_hidden_state</c> is the encoder's, and <c>decoder_hidden_states.N</c> and <c>logits</c> are of the decoder's tokens.
    /// </returns>
    public IReadOnlyDictionary<string, Tensor> Forward(Computation run, PackedBatch batch, PackedBatch? decoderBatch = null)
    {
        var states = new List<Tensor>();
        var hidden = Body.Forward(run, batch, states);
        var outputs = new Dictionary<string, Tensor>();
        for (var i = 0; i < states.Count; i++)
        {
            outputs[$"hidden_states.{i}"] = states[i];
        }

        if (_decoder is not null)
        {
            outputs["encoder_last_hidden_state"] = hidden;
            Decode(_decoder, run, hidden, batch, decoderBatch, outputs);
            return outputs;
        }

        outputs["last_hidden_state"] = hidden;
        if (Body.Pool(run, hidden, batch) is { } pooled)
        {
            outputs["pooler_output"] = pooled;
        }

        Head?.AddOutputs(outputs, run, hidden, batch);

        return outputs;
    }

    private static ConfigurationFile ClassifierConfiguration(Transformer body, IReadOnlyList<string> labels)
    {
        var config = ConfigurationFile.Of("the classifier's config.json", body.Configuration());
        var json = JsonObject.Create(config.Root)!;
        json["architectures"] = new JsonArray(body switch
        {
            BertEncoder encoder => encoder.TaskNames.Class + Classifier,
            LayeredTransformer layered when layered.Heads.Keys.FirstOrDefault(name => name.EndsWith(Classifier, StringComparison.Ordinal)) is { } name => name,
            _ => throw config.Fault("model_type", $"is '{body.ModelType}', which has no head that classifies sequences; choose another architecture, such as bert"),
        });
        json["model_type"] = body.ModelType;
        json["id2label"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)label)));
        json["label2id"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
        return ConfigurationFile.Of(config.Path, JsonElement.Parse(json.ToJsonString()));
    }

    private static void Decode(T5Decoder decoder, Computation run, Tensor encoded, PackedBatch batch, PackedBatch? decoderBatch, Dictionary<string, Tensor> outputs)
    {
        if (decoderBatch is null)
        {
            throw new ArgumentException("The model has a decoder, but no tokens for it were given: decoder_input_ids are missing.", nameof(decoderBatch));
        }

        var states = new List<Tensor>();
        var hidden = decoder.Forward(run, decoderBatch, encoded, batch, states);
        for (var i = 0; i < states.Count; i++)
        {
            outputs[$"decoder_hidden_states.{i}"] = states[i];
        }

        outputs["logits"] = decoder.Logits(run, hidden);
    }

    internal static T5Decoder? LoadDecoder(ConfigurationFile config, T5Model encoder, Weights weights, bool trainable) => config.Texts("architectures") switch
    {
        [] or ["T5EncoderModel", ..] => null,
        ["T5ForConditionalGeneration", ..] => T5Decoder.Create(encoder, weights, trainable),
        [var architecture, ..] => throw config.Fault("architectures", $"names '{architecture}', which is not supported; T5EncoderModel and T5ForConditionalGeneration are"),
    };

    internal static TaskHead? LoadHead(ConfigurationFile config, Transformer body, Weights weights)
    {
        var architecture = config.Texts("architectures") is [var first, ..] ? first : "";
        if (body is LayeredTransformer layered)
        {
            if (architecture == "")
            {
                return null;
            }

            return layered.Heads.TryGetValue(architecture, out var create)
                ? create?.Invoke(config, weights)
                : throw config.Fault("architectures", $"names '{architecture}', whose head is not supported; those of this model_type that are: {string.Join(", ", layered.Heads.Keys)}");
        }

        var encoder = (BertEncoder)body;
        var names = encoder.TaskNames;
        var hidden = body.HiddenSize;
        switch (architecture.StartsWith(names.Class, StringComparison.Ordinal) ? architecture[names.Class.Length..] : architecture)
        {
            case "" or "Model":
                return null;
            case "ForMaskedLM":
            case "ForPreTraining" when names.PreTraining:
                return new MaskedLanguageModelHead(encoder, weights);
            case "ForPreTraining" when names.DetectsReplacedTokens:
                return new ReplacedTokenDetectionHead(
                    weights.Linear("discriminator_predictions.dense", hidden, hidden), encoder.Config.HiddenAct, weights.Linear("discriminator_predictions.dense_prediction", 1, hidden));
            case Classifier:
                var dense = names.ClassificationDense is { } name ? weights.Linear(name, hidden, hidden) : null;
                return new SequenceClassificationHead(body, dense, names.ClassificationActivation, weights.Linear(names.Classifier, LabelCount(config), hidden));
            case "ForTokenClassification":
                return new TokenClassificationHead(weights.Linear("classifier", LabelCount(config), hidden));
            case "ForQuestionAnswering":
                return new QuestionAnsweringHead(weights.Linear("qa_outputs", 2, hidden));
            default:
                var supported = string.Join(", ", Supported.Concat(names.PreTraining || names.DetectsReplacedTokens ? ["ForPreTraining"] : []).Select(task => names.Class + task));
                throw config.Fault("architectures", $"names '{architecture}', whose head is not supported; those of this model_type that are: {supported}");
        }
    }

    /// <summary>The number of labels that a configuration gives a classifier: that of the names in <c>id2label</c>, or <c>num_labels</c>, or 2.</summary>
    /// <param name="config">The configuration.</param>
    /// <exception cref="ModelFormatException">The number is not possible.</exception>
    public static int LabelCount(ConfigurationFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var count = config.WholeNumber("num_labels", 1, 1 << 20, 2);
        if (config.Section("id2label") is not { } labels)
        {
            return count;
        }

        var named = labels.Root.EnumerateObject().Count();
        if (config.Find("num_labels") is not null && count != named)
        {
            config.Warn($"'num_labels' is {count}, but 'id2label' names {named} labels; the number is ignored.");
        }

        return named > 0 ? named : throw config.Fault("id2label", "is empty; expected a name for each label");
    }
}
