using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents the answers to a question.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Answers">The answers, by descending score.</param>
/// <param name="Usage">The number of tokens.</param>
internal sealed record AnswersAnswer(string Model, IReadOnlyList<AnswerItem> Answers, TokenUsage Usage);
