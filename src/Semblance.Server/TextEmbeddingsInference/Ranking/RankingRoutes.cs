using Semblance.Server.Inference;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents <c>POST /similarity</c> and <c>/predict</c>, and answers bodies of <c>/rerank</c>.</summary>
internal static class RankingRoutes
{
    /// <summary>Maps the routes; <c>/rerank</c> is shared with other dialects.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Post<SimilarityRequest, float[]>(
            TeiDialect.Instance, "/similarity", "Computes the similarity of sentences to a source sentence",
            context => Tei.AnswerAsync(context, SimilarityAsync));
        routes.Post<PredictRequest, Label[][]>(
            TeiDialect.Instance, "/predict", "Classifies texts or pairs of texts", context => Tei.AnswerAsync(context, PredictAsync));
    }

    /// <summary>Answers a body of <c>/rerank</c>.</summary>
    public static async Task<TeiAnswer> RerankAsync(HttpContext context, JsonElement body)
    {
        var request = Tei.Parse(body, TeiJson.Default.RerankRequest);
        request.Check();
        if (request.Texts.Count == 0)
        {
            throw RequestException.Empty("texts");
        }

        var query = new RankQuery(null, request.Query, request.Texts) { RawScores = request.RawScores, Truncate = request.Truncate };
        var result = await Reranker(context).RankAsync(query, null, context.RequestAborted).ConfigureAwait(false);
        Rank[] ranks = [.. result.Results.Select(
            rank => new Rank(rank.Index, request.ReturnText ? request.Texts[rank.Index] : null, rank.Score))];
        return TeiAnswer.Of(ranks, TeiJson.Default.RankArray, result.Usage);
    }

    /// <summary>Answers a body of <c>/similarity</c>.</summary>
    public static async Task<TeiAnswer> SimilarityAsync(HttpContext context, JsonElement body)
    {
        var request = Tei.Parse(body, TeiJson.Default.SimilarityRequest);
        var settings = request.Parameters ?? new SimilarityParameters();
        settings.Check();
        if (request.Inputs.Sentences.Count == 0)
        {
            throw RequestException.Empty("inputs.sentences");
        }

        var query = new EmbedQuery(null, [request.Inputs.SourceSentence, .. request.Inputs.Sentences.Select(text => (InputText)text)])
        {
            Normalize = true,
            Truncate = settings.Truncate,
            PromptName = settings.PromptName,
        };
        var result = await context.RequestServices.GetRequiredService<EmbeddingService>().EmbedAsync(query, context.RequestAborted)
            .ConfigureAwait(false);
        var source = result.Results[0];
        float[] scores = [.. result.Results.Skip(1).Select(
            vector => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(source, vector))];
        return TeiAnswer.Of(scores, TeiJson.Default.SingleArray, result.Usage);
    }

    /// <summary>Answers a body of <c>/predict</c>.</summary>
    public static async Task<TeiAnswer> PredictAsync(HttpContext context, JsonElement body)
    {
        var request = Tei.Parse(body, TeiJson.Default.PredictRequest);
        request.Check();
        var (inputs, isBatch) = request.Pairs();
        var (result, labels) = await Reranker(context).ClassifyAsync(
            null, inputs, request.RawScores, request.Truncate, context.RequestAborted).ConfigureAwait(false);
        Label[][] rows = [.. result.Results.Select(scores =>
            scores.Select((score, i) => new Label(score, labels[i])).OrderByDescending(label => label.Score).ToArray())];
        return isBatch
            ? TeiAnswer.Of(rows, TeiJson.Default.LabelArrayArray, result.Usage)
            : TeiAnswer.Of(rows[0], TeiJson.Default.LabelArray, result.Usage);
    }

    private static RerankService Reranker(HttpContext context) => context.RequestServices.GetRequiredService<RerankService>();
}
