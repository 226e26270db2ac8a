namespace Semblance.Benchmarks;

/// <summary>An answer that arrived whole.</summary>
/// <param name="Status">The status.</param>
/// <param name="IsLast">Whether the server closes the connection after it.</param>
internal readonly record struct HttpReply(int Status, bool IsLast);
