namespace Semblance.Server.OpenAI;

/// <summary>Represents the models of the server.</summary>
/// <param name="Object"><c>list</c>.</param>
/// <param name="Data">The models.</param>
internal sealed record ModelList(string Object, IReadOnlyList<ModelItem> Data);
