using Semblance.Server.Models;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>
/// Represents <c>POST /</c>, <c>/invocations</c> and <c>/vertex</c>, which answer by the kind of the first model and by the members of the
/// body. Hugging Face's own client posts to the first one.
/// </summary>
internal static class TaskRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/", "/invocations"])
        {
            routes.Post<JsonElement, JsonElement>(
                TeiDialect.Instance, path, "Does what the first model is for", context => Tei.AnswerAsync(context, AnswerAsync));
        }

        routes.Post<JsonElement, JsonElement>(TeiDialect.Instance, "/vertex", "Does what the first model is for, several times", VertexAsync);
    }

    private static Task<TeiAnswer> AnswerAsync(HttpContext context, JsonElement body)
    {
        var host = context.RequestServices.GetRequiredService<ModelHost>();
        var (_, model) = host.Find(null, ModelTask.Any);
        return body.TryGetProperty("texts", out _) ? RankingRoutes.RerankAsync(context, body)
            : body.TryGetProperty("inputs", out var inputs) && inputs.ValueKind == JsonValueKind.Object
                ? RankingRoutes.SimilarityAsync(context, body)
            : model.Kinds[0] switch
            {
                ModelKind.CrossEncoder => RankingRoutes.PredictAsync(context, body),
                ModelKind.SparseEncoder => EmbedRoutes.SparseAsync(context, body),
                _ => EmbedRoutes.EmbedAsync(context, body),
            };
    }

    private static async Task VertexAsync(HttpContext context)
    {
        var body = await Tei.BodyAsync(context).ConfigureAwait(false);
        if (!body.TryGetProperty("instances", out var instances) || instances.ValueKind != JsonValueKind.Array)
        {
            throw new RequestException(new ServerError(ErrorKind.WrongType, "`instances` must be an array.") { Parameter = "instances" });
        }

        if (instances.GetArrayLength() == 0)
        {
            throw RequestException.Empty("instances");
        }

        var answers = await Task.WhenAll(instances.EnumerateArray().Select(instance => AnswerAsync(context, instance))).ConfigureAwait(false);
        await Tei.WriteAsync(context, new TeiAnswer(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("predictions");
                foreach (var answer in answers)
                {
                    answer.Write(writer);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            null)).ConfigureAwait(false);
    }
}
