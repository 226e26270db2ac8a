namespace Semblance;

/// <summary>Receives the scores of pairs; called by several threads at once.</summary>
internal interface IPairSink
{
    /// <summary>Receives the scores of one vector with consecutive later ones.</summary>
    /// <param name="scores">The scores; valid during the call.</param>
    /// <param name="first">The row of the vector.</param>
    /// <param name="second">The row of the first of the other vectors.</param>
    void Take(ReadOnlySpan<float> scores, int first, int second);
}
