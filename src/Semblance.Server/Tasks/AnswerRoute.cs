using Semblance.Server.Collections;
using Semblance.Server.Inference;
using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents <c>POST /v1/answer</c>: the answers to a question in texts, or in the documents that a search finds.</summary>
internal static class AnswerRoute
{
    private const int DefaultPassages = 10;
    private const int MaxPassages = 1000;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Post<AnswerBody, AnswersAnswer>(
        SemblanceDialect.Instance, "/v1/answer", "Finds answers to a question in texts or in a collection", HandleAsync);

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, TasksJson.Default.AnswerBody).ConfigureAwait(false);
        Check(body);
        var isCodePoints = TaskInput.IsCodePoints(body.Offsets);
        var found = body.Collection is null ? null : await SearchAsync(context, body).ConfigureAwait(false);
        IReadOnlyList<string> texts = found is null ? body.Input!.Texts : [.. found.Results.Select(hit => hit.Text!)];
        var result = await context.RequestServices.GetRequiredService<TaskService>().AnswerAsync(
            body.Model, body.Question, texts, new AnswerOptions { TopK = body.TopK ?? 1, AllowNoAnswer = body.NoAnswer },
            context.RequestAborted).ConfigureAwait(false);
        var usage = found is null ? result.Usage : found.Usage + result.Usage;
        UsageHeaders.Write(context, usage);
        var answer = new AnswersAnswer(
            result.Model,
            [.. result.Results.Select(item =>
            {
                var (index, (text, score, start, length)) = item;
                var positions = new TextPositions(texts[index], isCodePoints);
                return new AnswerItem(
                    text, score, positions.Of(start), positions.Of(start + length), found is null ? index : null,
                    found?.Results[index].Id, found?.Results[index].Text);
            })],
            new TokenUsage(usage.Tokens, usage.Tokens));
        await JsonBody.WriteAsync(context, answer, TasksJson.Default.AnswersAnswer).ConfigureAwait(false);
    }

    private static void Check(AnswerBody body)
    {
        if (body.Input is null == body.Collection is null)
        {
            throw RequestException.Validation("Send the texts as `input`, or the name of a `collection`.", "input");
        }

        if (body.Input is { } input)
        {
            TaskInput.Check(input);
        }

        if (body.TopK is < 1 or > DocumentRoutes.MaxTopK)
        {
            throw RequestException.Validation($"`top_k` is {body.TopK}; it must be from 1 to {DocumentRoutes.MaxTopK}.", "top_k");
        }

        if (body.Passages is < 1 or > MaxPassages)
        {
            throw RequestException.Validation($"`passages` is {body.Passages}; it must be from 1 to {MaxPassages}.", "passages");
        }
    }

    private static async Task<InferenceResult<DocumentHit>> SearchAsync(HttpContext context, AnswerBody body)
    {
        var collection = await context.RequestServices.GetRequiredService<CollectionStore>()
            .GetAsync(body.Collection!, context.RequestAborted).ConfigureAwait(false);
        var search = new CollectionSearch(body.Question)
        {
            TopK = body.Passages ?? DefaultPassages,
            Filter = body.Filter is { ValueKind: not JsonValueKind.Null } filter ? filter : null,
        };
        var found = await collection.SearchAsync(search, context.RequestAborted).ConfigureAwait(false);
        return found with { Results = [.. found.Results.Where(hit => hit.Text is not null)] };
    }
}
