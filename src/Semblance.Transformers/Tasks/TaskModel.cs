using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>A whole model as <c>config.json</c> names it under <c>architectures</c>: a body, and a head where the task has one.</summary>
public sealed class TaskModel
{
    private readonly TaskHead? _head;

    private TaskModel(Transformer body, TaskHead? head)
    {
        Body = body;
        _head = head;
    }

    /// <summary>The transformer.</summary>
    public Transformer Body { get; }

    /// <summary>Whether the model gives logits.</summary>
    public bool HasHead => _head is not null;

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The architecture or its head is unknown, or configuration and weights do not fit.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static TaskModel Load(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        var body = Transformer.Load(config, folder, trainable: false, out var checkpoint);
        var weights = new CheckpointWeights(checkpoint, body.ModelType + ".");
        var head = Head(config, body, weights);
        weights.Check();
        return new TaskModel(body, head);
    }

    /// <summary>Runs a batch.</summary>
    /// <param name="run">The computation; it owns the results.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns>
    /// The outputs under the original's names: <c>hidden_states.0</c> (the embeddings) and up, <c>last_hidden_state</c>,
    /// <c>pooler_output</c> where there is a pooler, <c>logits</c> where there is a head. Rows are tokens or sequences.
    /// </returns>
    public IReadOnlyDictionary<string, Tensor> Forward(Computation run, PackedBatch batch)
    {
        var states = new List<Tensor>();
        var hidden = Body.Forward(run, batch, states);
        var outputs = new Dictionary<string, Tensor>();
        for (var i = 0; i < states.Count; i++)
        {
            outputs[$"hidden_states.{i}"] = states[i];
        }

        outputs["last_hidden_state"] = hidden;
        if (Body.Pool(run, hidden, batch) is { } pooled)
        {
            outputs["pooler_output"] = pooled;
        }

        if (_head is not null)
        {
            outputs["logits"] = _head.Forward(run, hidden, batch);
        }

        return outputs;
    }

    private static TaskHead? Head(ConfigurationFile config, Transformer body, Weights weights)
    {
        var architecture = config.Texts("architectures") is [var first, ..] ? first : "";
        if (body is BertModel bert)
        {
            switch (architecture)
            {
                case "" or "BertModel":
                    return null;
                case "BertForMaskedLM" or "BertForPreTraining":
                    return new MaskedLanguageModelHead(bert, weights);
                case "BertForSequenceClassification":
                    return new SequenceClassificationHead(bert, weights.Linear("classifier", Labels(config), bert.HiddenSize));
                case "BertForTokenClassification":
                    return new TokenClassificationHead(weights.Linear("classifier", Labels(config), bert.HiddenSize));
            }
        }

        if (body is LayeredTransformer layered)
        {
            if (architecture == "")
            {
                return null;
            }

            return layered.Heads.TryGetValue(architecture, out var create)
                ? create?.Invoke(config, weights)
                : throw config.Fault("architectures", $"names '{architecture}', whose head is not supported; {string.Join(", ", layered.Heads.Keys)} are");
        }

        throw config.Fault("architectures", $"names '{architecture}', whose head is not supported; BertModel, BertForMaskedLM, BertForPreTraining, BertForSequenceClassification and BertForTokenClassification are");
    }

    internal static int Labels(ConfigurationFile config) => config.Find("id2label") is { ValueKind: System.Text.Json.JsonValueKind.Object } labels
        ? labels.EnumerateObject().Count()
        : config.WholeNumber("num_labels", 1, 1 << 20, 2);
}
