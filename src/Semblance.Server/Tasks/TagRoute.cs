using Semblance.Server.Inference;
using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents <c>POST /v1/tag</c>: the entities of texts.</summary>
internal static class TagRoute
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Post<TagBody, TagAnswer>(
        SemblanceDialect.Instance, "/v1/tag", "Returns the entities of texts", HandleAsync);

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, TasksJson.Default.TagBody).ConfigureAwait(false);
        TaskInput.Check(body.Input);
        var isCodePoints = TaskInput.IsCodePoints(body.Offsets);
        var aggregation = AggregationStrategy.Simple;
        if (body.Aggregation is { } name && (!Enum.TryParse(name, ignoreCase: true, out aggregation) || char.IsDigit(name[0])))
        {
            throw RequestException.Validation(
                $"`aggregation` is '{name}'; it can be {string.Join(", ", Enum.GetNames<AggregationStrategy>()).ToLowerInvariant()}.",
                "aggregation");
        }

        var result = await context.RequestServices.GetRequiredService<TaskService>().TagAsync(
            body.Model, body.Input.Texts, new TagOptions { Aggregation = aggregation }, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new TagAnswer(
            result.Model,
            [.. result.Results.Select((entities, i) =>
            {
                var positions = new TextPositions(body.Input.Texts[i], isCodePoints);
                return new EntitiesItem([.. entities.Select(entity => EntityItem.Of(entity, positions))]);
            })],
            new TokenUsage(result.Usage.Tokens, result.Usage.Tokens));
        await JsonBody.WriteAsync(context, answer, TasksJson.Default.TagAnswer).ConfigureAwait(false);
    }
}
