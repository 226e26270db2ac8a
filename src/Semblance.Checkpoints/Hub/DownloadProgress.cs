namespace Semblance.Checkpoints;

/// <summary>How far the download of a model is.</summary>
/// <param name="File">The file in transfer, as named in the model's folder.</param>
/// <param name="Received">Its bytes so far, earlier attempts included.</param>
/// <param name="Size">All its bytes; null if the server did not say.</param>
/// <param name="Number">Which file it is, from 1 on.</param>
/// <param name="Count">How many files there are.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Size, int Number, int Count);
