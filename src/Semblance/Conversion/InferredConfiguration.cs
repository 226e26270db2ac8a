using Semblance.Checkpoints;
using Semblance.Transformers;

namespace Semblance.Conversion;

/// <summary>Infers the configuration of a model from the names and the shapes of its weights.</summary>
internal static class InferredConfiguration
{
    private const string Words = "embeddings.word_embeddings.weight", Positions = "embeddings.position_embeddings.weight",
        Types = "embeddings.token_type_embeddings.weight";

    // The weight of the queries of the first layer, by which a family is known, that of its first feed-forward layer, and its stack.
    private static readonly Family[] Families =
    [
        new("bert", "encoder.layer.0.attention.self.query.weight", "encoder.layer.0.intermediate.dense.weight"),
        new("mpnet", "encoder.layer.0.attention.attn.q.weight", "encoder.layer.0.intermediate.dense.weight"),
        new("distilbert", "transformer.layer.0.attention.q_lin.weight", "transformer.layer.0.ffn.lin1.weight"),
    ];

    /// <summary>Returns the configuration.</summary>
    /// <param name="onnx">The weights.</param>
    /// <param name="heads">The number of attention heads; <see langword="null"/> to find it in the graph.</param>
    /// <exception cref="ModelFormatException">The family or the number of heads cannot be inferred.</exception>
    public static ConfigurationFile Of(OnnxFile onnx, int? heads)
    {
        if (Array.Find(Families, known => Shape(onnx, known.Query) is not null) is not { } family || Shape(onnx, Words) is not [var vocabulary, var width]
            || Shape(onnx, Positions) is not [var positions, _] || Shape(onnx, family.FeedForward) is not [var inner, _])
        {
            throw new ModelFormatException(
                onnx.Path, "config.json is missing beside it, and the weights are not those of BERT, RoBERTa, DistilBERT or MPNet, whose "
                + "configuration can be inferred; pass the folder that has config.json and the tokenizer.");
        }

        var type = Shape(onnx, Types) is [1, _] ? vocabulary > 200_000 ? "xlm-roberta" : "roberta" : family.ModelType;
        var pad = type is "bert" or "distilbert" ? 0 : 1; // positions of the others begin after that of the padding token
        var count = heads ?? HeadsOf(onnx, width);
        var marker = family.Query[..family.Query.IndexOf(".0.", StringComparison.Ordinal)] + ".";
        var suffix = family.Query[(family.Query.IndexOf(".0.", StringComparison.Ordinal) + 2)..];
        var layers = 0;
        while (Shape(onnx, $"{marker}{layers}{suffix}") is not null)
        {
            layers++;
        }

        try
        {
            return NewConfiguration.Create(type, new ModelSizes
            {
                VocabSize = vocabulary,
                HiddenSize = width,
                NumHiddenLayers = layers,
                NumAttentionHeads = count,
                IntermediateSize = inner,
                MaxPositionEmbeddings = positions - (pad == 0 ? 0 : pad + 1),
                PadTokenId = pad,
            });
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(onnx.Path, e.Message, e);
        }
    }

    private static int HeadsOf(OnnxFile onnx, int width)
    {
        int[] counts = [.. onnx.HeadShapes.Where(shape => shape.Size == 0 || shape.Count * shape.Size == width).Select(shape => shape.Count).Distinct()];
        return counts is [var count]
            ? count
            : throw new ModelFormatException(
                onnx.Path, "config.json is missing beside it, and the graph does not tell the number of attention heads; pass it, or the folder that "
                + "has config.json and the tokenizer.");
    }

    private static IReadOnlyList<int>? Shape(OnnxFile onnx, string name) =>
        onnx.Names.Where(known => known == name || known.EndsWith("." + name, StringComparison.Ordinal)).MinBy(known => known.Length) is { } found
            ? onnx.Shape(found)
            : null;

    private sealed record Family(string ModelType, string Query, string FeedForward);
}
