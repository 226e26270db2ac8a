using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Conversion;

/// <summary>
/// Exports models as ONNX graphs of float32 with the inputs <c>input_ids</c>, <c>attention_mask</c> and, if the model has token types,
/// <c>token_type_ids</c>: int64 <c>[batch × sequence]</c>, padded on the right.
/// </summary>
public static class OnnxExport
{
    // Biases by distance are written for sequences of this length at most.
    private const int LongestTraced = 4096;

    private static readonly string[] Supported = ["Transformer", "Pooling", "Dense", "Normalize", "LayerNorm", "Dropout"];

    /// <summary>Writes a transformer. The output is <c>last_hidden_state</c>, <c>[batch × sequence × hidden]</c>.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="path">The path of the file; weights of more than about 2 GB are written into a second file beside it.</param>
    /// <exception cref="NotSupportedException">An operation of the model cannot be exported; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(Transformer transformer, string path)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Write(transformer, transformer.MaxPositions, path, transformer.Parameters(), (run, trace, batch) =>
            trace.Finish((transformer.Forward(run, batch), "last_hidden_state")));
    }

    /// <summary>
    /// Writes a sentence encoder. The outputs are <c>last_hidden_state</c>, <c>[batch × sequence × hidden]</c>, and
    /// <c>sentence_embedding</c>, <c>[batch × dimension]</c>, of all modules.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The path of the file; weights of more than about 2 GB are written into a second file beside it.</param>
    /// <exception cref="NotSupportedException">A module or an operation of the model cannot be exported; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(SentenceTransformer model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (model.Modules.FirstOrDefault(module => !Supported.Contains(ModuleList.NameOf(module.Type))) is { } other)
        {
            throw new NotSupportedException(
                $"The module {ModuleList.NameOf(other.Type)} cannot be exported to ONNX; supported are {string.Join(", ", Supported)}.");
        }

        if (model.Modules[0] is not TransformerModule first)
        {
            throw new NotSupportedException("A model whose first module is no Transformer cannot be exported to ONNX.");
        }

        if (model.Modules.OfType<PoolingModule>().Any(pooling => !pooling.IncludePrompt))
        {
            throw new NotSupportedException(
                "The model pools without the tokens of the prompt, which an ONNX graph does not know; set include_prompt in the settings of its "
                + "pooling to true, or export its transformer alone.");
        }

        var parameters = first.Transformer.Parameters().Concat(
            model.Modules.SelectMany((module, i) => i == 0 ? [] : module.Parameters().Select(
                parameter => parameter with { Name = $"{i}_{ModuleList.NameOf(module.Type)}.{parameter.Name}" })));
        Write(first.Transformer, first.MaxSequenceLength, path, parameters, (run, trace, batch) =>
        {
            var features = new Features(batch);
            Tensor? hidden = null;
            foreach (var module in model.Modules)
            {
                module.Forward(run, features);
                hidden ??= features.TokenEmbeddings;
            }

            trace.Finish(
                features.SentenceEmbeddings is { } sentence
                    ? [(hidden!, "last_hidden_state"), (sentence, "sentence_embedding")]
                    : [(hidden!, "last_hidden_state")]);
        });
    }

    /// <summary>Writes a cross-encoder. The output is <c>logits</c>, <c>[batch × labels]</c>, before the activation of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The path of the file; weights of more than about 2 GB are written into a second file beside it.</param>
    /// <exception cref="NotSupportedException">An operation of the model cannot be exported; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(CrossEncoder model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Write(model.Input.Transformer, model.MaxSequenceLength, path, model.Parameters(), (run, trace, batch) =>
            trace.Finish((model.Logits(run, batch), "logits")));
    }

    private static void Write(
        Transformer transformer, int maxLength, string path, IEnumerable<Parameter> parameters,
        Action<Computation, OnnxTrace, PackedBatch> compute)
    {
        if (transformer.Adapter is not null)
        {
            throw new NotSupportedException("A model with an adapter cannot be exported to ONNX; merge the adapter first.");
        }

        // One sequence of the greatest length and without padding tokens, whose id is low.
        var length = Math.Max(2, Math.Min(LongestTraced, Math.Min(transformer.MaxPositions, Math.Max(512, maxLength))));
        var ids = new int[length];
        ids.AsSpan().Fill(transformer.VocabularySize - 1);
        var batch = PackedBatch.From([ids]);
        var writer = new OnnxWriter("semblance");
        var trace = new OnnxTrace(writer, batch, parameters);
        using var run = new Computation(maxThreads: 1) { Trace = trace };
        compute(run, trace, batch);
        writer.Save(path);
    }
}
