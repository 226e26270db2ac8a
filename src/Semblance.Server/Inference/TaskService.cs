using Semblance.Server.Models;

namespace Semblance.Server.Inference;

/// <summary>Classifies texts, finds entities and answers with the models of the server.</summary>
internal sealed class TaskService(ModelHost models, TextBatches batches, ServerOptions options)
{
    /// <summary>Classifies texts, or pairs of texts.</summary>
    /// <param name="model">The name of the model; <see langword="null"/> for the first one that classifies.</param>
    /// <param name="inputs">The texts, with a second text or <see langword="null"/>.</param>
    /// <param name="settings">The options.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    /// <returns>The labels of each text, by descending score.</returns>
    public async Task<InferenceResult<IReadOnlyList<LabelScore>>> ClassifyAsync(
        string? model, IReadOnlyList<(string Text, string? Pair)> inputs, ClassifyOptions settings, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(model, ModelTask.Classify, cancellationToken).ConfigureAwait(false);
        var classifier = lease.Model.Classifier ?? throw RequestException.WrongModel(lease.Name, ModelTask.Classify);
        settings = settings with { Adapter = lease.AdapterOf(classifier), BatchTokens = options.BatchTokens };
        return await batches.RunAsync(
            "classify", lease, new LabelComputation(classifier, settings),
            [.. inputs.Select(input => input.Text.Length + (input.Pair?.Length ?? 0))],
            i => classifier.Tokenize(inputs[i].Text, inputs[i].Pair, settings), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the entities of texts; long texts are divided into windows.</summary>
    /// <param name="model">The name of the model; <see langword="null"/> for the first token classifier.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="settings">The options.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    /// <returns>The entities of each text, in its order.</returns>
    public async Task<InferenceResult<IReadOnlyList<Entity>>> TagAsync(
        string? model, IReadOnlyList<string> texts, TagOptions settings, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(model, ModelTask.Tag, cancellationToken).ConfigureAwait(false);
        var tagger = lease.Model.Tagger!;
        var scored = await batches.RunWindowsAsync(
            "tag", lease, new TagComputation(tagger, lease.AdapterOf(tagger), options.BatchTokens), [.. texts.Select(text => text.Length)],
            i => tagger.Divide(texts[i], settings), cancellationToken).ConfigureAwait(false);
        return new InferenceResult<IReadOnlyList<Entity>>(
            scored.Model, [.. scored.Results.Select((windows, i) => tagger.Entities(texts[i], windows, settings))], scored.Usage);
    }

    /// <summary>Finds the answers to a question in a text, or in several texts.</summary>
    /// <param name="model">The name of the model; <see langword="null"/> for the first question answerer.</param>
    /// <param name="question">The question.</param>
    /// <param name="texts">The texts; with a single one the answer can be empty, if the options say so.</param>
    /// <param name="settings">The options.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    /// <returns>The best answers, with the zero-based index of the text.</returns>
    public async Task<InferenceResult<(int Text, Answer Answer)>> AnswerAsync(
        string? model, string question, IReadOnlyList<string> texts, AnswerOptions settings, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(model, ModelTask.Answer, cancellationToken).ConfigureAwait(false);
        var answerer = lease.Model.Answerer!;
        var length = Math.Min(answerer.MaxSequenceLength, settings.MaxWindowTokens);
        if (question.Length > options.MaxTextLength || answerer.Tokenizer.Encode(question, "").Count >= length)
        {
            throw RequestException.Validation($"The question leaves no room for a text in the {length} tokens of a window; shorten it.", "question");
        }

        var scored = await batches.RunWindowsAsync(
            "answer", lease, new AnswerComputation(answerer, lease.AdapterOf(answerer), options.BatchTokens), [.. texts.Select(text => text.Length)],
            i => answerer.Divide(question, texts[i], settings), cancellationToken).ConfigureAwait(false);
        return new InferenceResult<(int Text, Answer Answer)>(
            scored.Model,
            texts.Count == 1
                ? [.. answerer.Answers(texts[0], scored.Results[0], settings).Select(answer => (0, answer))]
                : answerer.Answers(texts, scored.Results, settings),
            scored.Usage);
    }
}
