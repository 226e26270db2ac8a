using Semblance.Server.Inference;
using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents <c>POST /v1/classify</c>: the labels of texts, or of pairs of texts.</summary>
internal static class ClassifyRoute
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Post<ClassifyBody, ClassifyAnswer>(
        SemblanceDialect.Instance, "/v1/classify", "Returns the labels of texts", HandleAsync);

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, TasksJson.Default.ClassifyBody).ConfigureAwait(false);
        TaskInput.Check(body.Input);
        if (body.Pair is { } pair && pair.Texts.Count != body.Input.Texts.Count)
        {
            throw RequestException.Validation(
                $"`pair` has {pair.Texts.Count} texts and `input` has {body.Input.Texts.Count}; the numbers must be equal.", "pair");
        }

        if (body.TopK < 1)
        {
            throw RequestException.Validation($"`top_k` is {body.TopK}; it must be at least 1.", "top_k");
        }

        var services = context.RequestServices;
        var settings = new ClassifyOptions
        {
            TopK = body.TopK,
            Threshold = body.Threshold,
            Truncation = services.GetRequiredService<EmbeddingService>().Truncation(body.Truncate),
        };
        var result = await services.GetRequiredService<TaskService>().ClassifyAsync(
            body.Model, [.. body.Input.Texts.Select((text, i) => (text, body.Pair?.Texts[i]))], settings, context.RequestAborted)
            .ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new ClassifyAnswer(
            result.Model, [.. result.Results.Select(labels => new LabelsItem(labels))],
            new TokenUsage(result.Usage.Tokens, result.Usage.Tokens),
            result.Usage.Truncated.Count > 0 ? result.Usage.Truncated : null);
        await JsonBody.WriteAsync(context, answer, TasksJson.Default.ClassifyAnswer).ConfigureAwait(false);
    }
}
