using Semblance.Server.Inference;
using Semblance.Tensors;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents <c>POST /embed</c>, <c>/embed_all</c> and <c>/embed_sparse</c>.</summary>
internal static class EmbedRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Post<EmbedRequest, float[][]>(
            TeiDialect.Instance, "/embed", "Computes a vector for each text", context => Tei.AnswerAsync(context, EmbedAsync));
        routes.Post<EmbedRequest, float[][][]>(
            TeiDialect.Instance, "/embed_all", "Computes a vector for each token", context => Tei.AnswerAsync(context, AllAsync));
        routes.Post<EmbedRequest, SparseElement[][]>(
            TeiDialect.Instance, "/embed_sparse", "Computes a sparse vector for each text",
            context => Tei.AnswerAsync(context, SparseAsync));
    }

    /// <summary>Answers a body of <c>/embed</c>.</summary>
    public static async Task<TeiAnswer> EmbedAsync(HttpContext context, JsonElement body)
    {
        var query = Tei.Parse(body, TeiJson.Default.EmbedRequest).ToQuery();
        var result = await Service(context).EmbedAsync(query, context.RequestAborted).ConfigureAwait(false);
        return TeiAnswer.Of(result.Results.ToArray(), TeiJson.Default.SingleArrayArray, result.Usage);
    }

    /// <summary>Answers a body of <c>/embed_all</c>.</summary>
    public static async Task<TeiAnswer> AllAsync(HttpContext context, JsonElement body)
    {
        var query = Tei.Parse(body, TeiJson.Default.EmbedRequest).ToQuery();
        var result = await Service(context).EmbedTokensAsync(query, context.RequestAborted).ConfigureAwait(false);
        return TeiAnswer.Of([.. result.Results.Select(Rows)], TeiJson.Default.SingleArrayArrayArray, result.Usage);
    }

    /// <summary>Answers a body of <c>/embed_sparse</c>.</summary>
    public static async Task<TeiAnswer> SparseAsync(HttpContext context, JsonElement body)
    {
        var query = Tei.Parse(body, TeiJson.Default.EmbedRequest).ToQuery();
        var result = await Service(context).EmbedSparseAsync(query, context.RequestAborted).ConfigureAwait(false);
        return TeiAnswer.Of([.. result.Results.Select(Elements)], TeiJson.Default.SparseElementArrayArray, result.Usage);
    }

    private static float[][] Rows(Tensor tokens)
    {
        var rows = new float[tokens.Rows][];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = tokens.Row(row).ToArray();
        }

        return rows;
    }

    private static SparseElement[] Elements(SparseVector vector)
    {
        var elements = new SparseElement[vector.Indices.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = new SparseElement(vector.Indices.Span[i], vector.Values.Span[i]);
        }

        return elements;
    }

    private static EmbeddingService Service(HttpContext context) => context.RequestServices.GetRequiredService<EmbeddingService>();
}
